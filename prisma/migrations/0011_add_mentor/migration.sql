-- CreateTable
CREATE TABLE "MentorApproval" (
    "id" TEXT NOT NULL,
    "playerId" TEXT NOT NULL,
    "dialogueId" TEXT NOT NULL,
    "tool" TEXT NOT NULL,
    "args" TEXT NOT NULL,
    "shown" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "createdAtMs" BIGINT NOT NULL,
    "expiresAtMs" BIGINT NOT NULL,

    CONSTRAINT "MentorApproval_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "MentorDialogue" (
    "id" TEXT NOT NULL,
    "playerId" TEXT NOT NULL,
    "summary" TEXT NOT NULL,
    "tokens" INTEGER NOT NULL,
    "day" TEXT NOT NULL,
    "ladders" TEXT NOT NULL,

    CONSTRAINT "MentorDialogue_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "MentorLine" (
    "dialogueId" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "role" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "atMs" BIGINT NOT NULL,

    CONSTRAINT "MentorLine_pkey" PRIMARY KEY ("dialogueId","seq")
);

-- CreateIndex
CREATE INDEX "MentorApproval_playerId_status_idx" ON "MentorApproval"("playerId", "status");

-- CreateIndex
CREATE UNIQUE INDEX "MentorDialogue_playerId_key" ON "MentorDialogue"("playerId");
