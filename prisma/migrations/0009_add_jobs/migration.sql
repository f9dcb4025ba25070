-- CreateTable
CREATE TABLE "Job" (
    "id" TEXT NOT NULL,
    "asker" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "open" BOOLEAN NOT NULL,
    "createdAtMs" BIGINT NOT NULL,
    "request" BYTEA NOT NULL,
    "state" BYTEA NOT NULL,

    CONSTRAINT "Job_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "JobPiece" (
    "jobId" TEXT NOT NULL,
    "index" INTEGER NOT NULL,
    "outcome" BYTEA NOT NULL,

    CONSTRAINT "JobPiece_pkey" PRIMARY KEY ("jobId","index")
);

-- CreateTable
CREATE TABLE "JobWork" (
    "id" TEXT NOT NULL,
    "buyer" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "open" BOOLEAN NOT NULL,
    "priceMicro" BIGINT NOT NULL,
    "paidMicro" BIGINT NOT NULL DEFAULT 0,
    "atMs" BIGINT NOT NULL,
    "agreement" BYTEA NOT NULL,
    "answer" BYTEA,
    "transferId" TEXT,
    "evidence" TEXT,

    CONSTRAINT "JobWork_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "JobStanding" (
    "owner" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "passed" INTEGER NOT NULL DEFAULT 0,
    "failed" INTEGER NOT NULL DEFAULT 0,
    "lost" INTEGER NOT NULL DEFAULT 0,
    "provenMicro" BIGINT NOT NULL DEFAULT 0,
    "updatedAtMs" BIGINT NOT NULL,
    "why" TEXT NOT NULL,

    CONSTRAINT "JobStanding_pkey" PRIMARY KEY ("owner","kind")
);

-- CreateIndex
CREATE INDEX "Job_asker_createdAtMs_idx" ON "Job"("asker", "createdAtMs");

-- CreateIndex
CREATE INDEX "Job_open_idx" ON "Job"("open");

-- CreateIndex
CREATE INDEX "JobWork_open_idx" ON "JobWork"("open");

-- CreateIndex
CREATE INDEX "JobWork_status_atMs_idx" ON "JobWork"("status", "atMs");
