-- AlterTable
ALTER TABLE "JournalRecord" ADD COLUMN     "events" TEXT;
