-- AlterTable
ALTER TABLE "Agent" ADD COLUMN     "previousHash" TEXT,
ADD COLUMN     "programHash" TEXT;

-- CreateTable
CREATE TABLE "AgentProgram" (
    "hash" TEXT NOT NULL,
    "program" TEXT NOT NULL,

    CONSTRAINT "AgentProgram_pkey" PRIMARY KEY ("hash")
);
