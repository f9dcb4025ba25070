-- CreateTable
CREATE TABLE "InferenceReceipt" (
    "id" TEXT NOT NULL,
    "tenant" TEXT NOT NULL,
    "node" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "costMicro" BIGINT NOT NULL,
    "atMs" BIGINT NOT NULL,
    "body" BYTEA NOT NULL,
    "key" BYTEA NOT NULL,
    "sig" BYTEA NOT NULL,

    CONSTRAINT "InferenceReceipt_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "InferenceReceipt_tenant_atMs_idx" ON "InferenceReceipt"("tenant", "atMs");

-- CreateIndex
CREATE INDEX "InferenceReceipt_atMs_idx" ON "InferenceReceipt"("atMs");
