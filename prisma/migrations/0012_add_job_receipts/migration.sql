-- CreateTable
CREATE TABLE "JobTab" (
    "id" TEXT NOT NULL,
    "from" TEXT NOT NULL,
    "to" TEXT NOT NULL,
    "heldMicro" BIGINT NOT NULL,
    "open" BOOLEAN NOT NULL,

    CONSTRAINT "JobTab_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "JobReceipt" (
    "id" TEXT NOT NULL,
    "tab" TEXT NOT NULL,
    "amountMicro" BIGINT NOT NULL,
    "memo" TEXT NOT NULL,

    CONSTRAINT "JobReceipt_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "JobTab_open_idx" ON "JobTab"("open");

-- CreateIndex
CREATE INDEX "JobReceipt_tab_idx" ON "JobReceipt"("tab");
