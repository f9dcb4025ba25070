-- AlterTable
ALTER TABLE "InboxMessage" ADD COLUMN     "away" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "givenAtMs" BIGINT;

-- Until now only the id said so.
UPDATE "InboxMessage" SET "away" = true WHERE "id" LIKE 'away %';
