-- CreateTable
CREATE TABLE "Iou" (
    "id" TEXT NOT NULL,
    "debtor" TEXT NOT NULL,
    "creditor" TEXT NOT NULL,
    "amountMicro" BIGINT NOT NULL,
    "nonce" TEXT NOT NULL,
    "expiresAtMs" BIGINT NOT NULL,
    "state" TEXT NOT NULL,
    "acceptedAtMs" BIGINT NOT NULL,
    "endedAtMs" BIGINT,
    "body" BYTEA NOT NULL,
    "sig" BYTEA NOT NULL,

    CONSTRAINT "Iou_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "TrustOutcome" (
    "id" TEXT NOT NULL,
    "owner" TEXT NOT NULL,
    "counterparty" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "result" TEXT NOT NULL,
    "valueMicro" BIGINT NOT NULL,
    "feeMicro" BIGINT NOT NULL,
    "countedMicro" BIGINT NOT NULL,
    "creditMicro" BIGINT NOT NULL,
    "evidence" TEXT NOT NULL,
    "atMs" BIGINT NOT NULL,

    CONSTRAINT "TrustOutcome_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "TrustDay" (
    "owner" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "day" INTEGER NOT NULL,
    "result" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "countedMicro" BIGINT NOT NULL,
    "creditMicro" BIGINT NOT NULL,

    CONSTRAINT "TrustDay_pkey" PRIMARY KEY ("owner","kind","day","result")
);

-- CreateTable
CREATE TABLE "TrustPair" (
    "owner" TEXT NOT NULL,
    "counterparty" TEXT NOT NULL,
    "day" INTEGER NOT NULL,
    "countedMicro" BIGINT NOT NULL,
    "creditMicro" BIGINT NOT NULL,

    CONSTRAINT "TrustPair_pkey" PRIMARY KEY ("owner","counterparty","day")
);

-- CreateIndex
CREATE INDEX "Iou_debtor_state_idx" ON "Iou"("debtor", "state");

-- CreateIndex
CREATE INDEX "Iou_creditor_acceptedAtMs_idx" ON "Iou"("creditor", "acceptedAtMs");

-- CreateIndex
CREATE UNIQUE INDEX "Iou_debtor_nonce_key" ON "Iou"("debtor", "nonce");

-- CreateIndex
CREATE INDEX "TrustOutcome_owner_atMs_idx" ON "TrustOutcome"("owner", "atMs");

-- Accounts are updated over and over: room beside each row keeps its index entry where it is.
ALTER TABLE "LedgerAccount" SET (fillfactor = 40);
ALTER TABLE "LedgerTotal" SET (fillfactor = 40);
