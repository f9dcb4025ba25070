-- CreateTable
CREATE TABLE "InferenceKey" (
    "id" TEXT NOT NULL,
    "playerId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "hint" TEXT NOT NULL,
    "scopes" TEXT[],
    "models" TEXT[],
    "budgetMicro" BIGINT,
    "budgetTokens" BIGINT,
    "requestsPerMinute" INTEGER,
    "tokensPerMinute" INTEGER,
    "concurrency" INTEGER,
    "personalOnly" BOOLEAN NOT NULL,
    "createdAtMs" BIGINT NOT NULL,
    "expiresAtMs" BIGINT,
    "revokedAtMs" BIGINT,
    "spentMicro" BIGINT NOT NULL DEFAULT 0,
    "spentTokens" BIGINT NOT NULL DEFAULT 0,
    "lastUsedMs" BIGINT,

    CONSTRAINT "InferenceKey_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "InferenceUsage" (
    "day" TEXT NOT NULL,
    "tenant" TEXT NOT NULL,
    "keyId" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "node" TEXT NOT NULL,
    "requests" BIGINT NOT NULL,
    "inTokens" BIGINT NOT NULL,
    "outTokens" BIGINT NOT NULL,
    "costMicro" BIGINT NOT NULL,

    CONSTRAINT "InferenceUsage_pkey" PRIMARY KEY ("day","tenant","keyId","model","node")
);

-- CreateTable
CREATE TABLE "InferenceEscrow" (
    "id" TEXT NOT NULL,
    "tenant" TEXT NOT NULL,
    "payee" TEXT NOT NULL,
    "heldMicro" BIGINT NOT NULL,
    "usedMicro" BIGINT NOT NULL,
    "openedAtMs" BIGINT NOT NULL,

    CONSTRAINT "InferenceEscrow_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "InferenceModel" (
    "sha256" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "file" TEXT NOT NULL,
    "priceInMicro" BIGINT NOT NULL,
    "priceOutMicro" BIGINT NOT NULL,
    "load" BOOLEAN NOT NULL,
    "allowedAtMs" BIGINT NOT NULL,

    CONSTRAINT "InferenceModel_pkey" PRIMARY KEY ("sha256")
);

-- CreateTable
CREATE TABLE "InferenceUpstream" (
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "keySealed" BYTEA,
    "models" TEXT[],
    "resumes" BOOLEAN NOT NULL,
    "ownGround" BOOLEAN NOT NULL,
    "priceInMicro" BIGINT NOT NULL,
    "priceOutMicro" BIGINT NOT NULL,

    CONSTRAINT "InferenceUpstream_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "InferenceMinor" (
    "playerId" TEXT NOT NULL,
    "atMs" BIGINT NOT NULL,

    CONSTRAINT "InferenceMinor_pkey" PRIMARY KEY ("playerId")
);

-- CreateIndex
CREATE UNIQUE INDEX "InferenceKey_hash_key" ON "InferenceKey"("hash");

-- CreateIndex
CREATE INDEX "InferenceKey_playerId_idx" ON "InferenceKey"("playerId");

-- CreateIndex
CREATE INDEX "InferenceUsage_tenant_day_idx" ON "InferenceUsage"("tenant", "day");
