-- CreateTable
CREATE TABLE "AgentOwner" (
    "agentId" TEXT NOT NULL,
    "owner" TEXT NOT NULL,
    "epoch" INTEGER NOT NULL,
    "home" TEXT NOT NULL,
    "changedAtMs" BIGINT NOT NULL,

    CONSTRAINT "AgentOwner_pkey" PRIMARY KEY ("agentId")
);

-- CreateTable
CREATE TABLE "MigrationIntent" (
    "mid" TEXT NOT NULL,
    "agentId" TEXT NOT NULL,
    "epoch" INTEGER NOT NULL,
    "src" TEXT NOT NULL,
    "dst" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "reason" TEXT,
    "beganAtMs" BIGINT NOT NULL,
    "expiresAtMs" BIGINT NOT NULL,

    CONSTRAINT "MigrationIntent_pkey" PRIMARY KEY ("mid")
);

-- CreateTable
CREATE TABLE "AgentOwnerEntry" (
    "agentId" TEXT NOT NULL,
    "epoch" INTEGER NOT NULL,
    "from" TEXT NOT NULL,
    "to" TEXT NOT NULL,
    "why" TEXT NOT NULL,
    "mid" TEXT,
    "cid" TEXT,
    "atMs" BIGINT NOT NULL,

    CONSTRAINT "AgentOwnerEntry_pkey" PRIMARY KEY ("agentId","epoch")
);

-- CreateIndex
CREATE INDEX "AgentOwner_owner_idx" ON "AgentOwner"("owner");

-- CreateIndex
CREATE INDEX "MigrationIntent_agentId_status_idx" ON "MigrationIntent"("agentId", "status");
