-- CreateTable
CREATE TABLE "LogTree" (
    "id" INTEGER NOT NULL,
    "size" BIGINT NOT NULL,
    "origin" TEXT NOT NULL DEFAULT '',
    "signed" TEXT NOT NULL DEFAULT '',
    "cosigned" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "LogTree_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "LogTile" (
    "level" INTEGER NOT NULL,
    "index" BIGINT NOT NULL,
    "hashes" BYTEA NOT NULL,

    CONSTRAINT "LogTile_pkey" PRIMARY KEY ("level","index")
);

-- CreateTable
CREATE TABLE "LogBundle" (
    "index" BIGINT NOT NULL,
    "entries" BYTEA NOT NULL,

    CONSTRAINT "LogBundle_pkey" PRIMARY KEY ("index")
);

-- CreateTable
CREATE TABLE "WitnessedLog" (
    "origin" TEXT NOT NULL,
    "size" BIGINT NOT NULL,
    "note" TEXT NOT NULL,
    "atMs" BIGINT NOT NULL,

    CONSTRAINT "WitnessedLog_pkey" PRIMARY KEY ("origin")
);

-- CreateTable
CREATE TABLE "LogEvidence" (
    "id" TEXT NOT NULL,
    "origin" TEXT NOT NULL,
    "evidence" TEXT NOT NULL,
    "atMs" BIGINT NOT NULL,

    CONSTRAINT "LogEvidence_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "LogEvidence_origin_idx" ON "LogEvidence"("origin");
