-- AlterTable
ALTER TABLE "LedgerAccount" DROP COLUMN "balanceMicro",
ADD COLUMN     "creditsPendingMicro" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "creditsPostedMicro" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "debitsPendingMicro" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "debitsPostedMicro" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "frozen" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "LedgerTransfer" ADD COLUMN     "expiresAtMs" BIGINT,
ADD COLUMN     "kind" TEXT NOT NULL DEFAULT 'transfer',
ADD COLUMN     "pendingId" TEXT;

-- CreateTable
CREATE TABLE "LedgerPending" (
    "id" TEXT NOT NULL,
    "expiresAtMs" BIGINT NOT NULL,

    CONSTRAINT "LedgerPending_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "LedgerMinted" (
    "day" INTEGER NOT NULL,
    "account" TEXT NOT NULL,
    "amountMicro" BIGINT NOT NULL,

    CONSTRAINT "LedgerMinted_pkey" PRIMARY KEY ("day","account")
);

-- CreateTable
CREATE TABLE "LedgerTotal" (
    "code" TEXT NOT NULL,
    "way" TEXT NOT NULL,
    "entries" BIGINT NOT NULL,
    "amountMicro" BIGINT NOT NULL,

    CONSTRAINT "LedgerTotal_pkey" PRIMARY KEY ("code","way")
);

-- CreateIndex
CREATE INDEX "LedgerPending_expiresAtMs_id_idx" ON "LedgerPending"("expiresAtMs", "id");

-- What stood so far, counted as the new columns and tables count it. Every entry so far is a transfer.
UPDATE "LedgerAccount" a SET
  "debitsPostedMicro" = (SELECT coalesce(sum(t."amountMicro"), 0) FROM "LedgerTransfer" t WHERE t."from" = a.id),
  "creditsPostedMicro" = (SELECT coalesce(sum(t."amountMicro"), 0) FROM "LedgerTransfer" t WHERE t."to" = a.id);

INSERT INTO "LedgerMinted" (day, account, "amountMicro")
SELECT ("atMs" / 86400000)::integer, coalesce("to", ''), sum("amountMicro") FROM "LedgerTransfer"
WHERE "from" LIKE 'academy:%' AND "to" NOT LIKE 'academy:%'
GROUP BY GROUPING SETS (("atMs" / 86400000, "to"), ("atMs" / 86400000));

INSERT INTO "LedgerTotal" (code, way, entries, "amountMicro")
SELECT code, way, count(*), sum("amountMicro") FROM (
  SELECT code, "amountMicro", CASE
    WHEN "from" LIKE 'academy:%' AND "to" LIKE 'academy:%' THEN 'inside'
    WHEN "from" LIKE 'academy:%' THEN 'minted'
    WHEN "to" LIKE 'academy:%' THEN 'returned'
    ELSE 'moved' END AS way
  FROM "LedgerTransfer") moved
GROUP BY code, way;

-- Rules Prisma's language cannot say.
ALTER TABLE "LedgerAccount" ADD CONSTRAINT "LedgerAccount_not_negative"
  CHECK ("mayGoNegative" OR "creditsPostedMicro" - "debitsPostedMicro" - "debitsPendingMicro" >= 0);
ALTER TABLE "LedgerAccount" ADD CONSTRAINT "LedgerAccount_pending_not_negative"
  CHECK ("debitsPendingMicro" >= 0 AND "creditsPendingMicro" >= 0);
ALTER TABLE "LedgerTransfer" DROP CONSTRAINT "LedgerTransfer_amount_positive";
ALTER TABLE "LedgerTransfer" ADD CONSTRAINT "LedgerTransfer_amount_positive"
  CHECK ("amountMicro" > 0 OR ("kind" IN ('freeze', 'thaw') AND "amountMicro" = 0));
-- A pending entry ends once. Partial, so that plain transfers cost nothing here.
CREATE UNIQUE INDEX "LedgerTransfer_pendingId_key" ON "LedgerTransfer"("pendingId") WHERE "pendingId" IS NOT NULL;
