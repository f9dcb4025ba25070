-- CreateTable
CREATE TABLE "NodeLease" (
    "node" TEXT NOT NULL,
    "leaseId" TEXT NOT NULL,
    "owner" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "manifest" JSONB NOT NULL,
    "addresses" TEXT[],
    "proven" JSONB,
    "load" JSONB,
    "seq" BIGINT NOT NULL DEFAULT 0,
    "hub" TEXT NOT NULL,
    "admittedAtMs" BIGINT NOT NULL,
    "renewedAtMs" BIGINT NOT NULL,
    "expiresAtMs" BIGINT NOT NULL,
    "leftAtMs" BIGINT,
    "leftReason" TEXT,
    "changedAtMs" BIGINT NOT NULL,

    CONSTRAINT "NodeLease_pkey" PRIMARY KEY ("node")
);

-- CreateTable
CREATE TABLE "KnownPeer" (
    "self" TEXT NOT NULL,
    "node" TEXT NOT NULL,
    "owner" TEXT,
    "role" TEXT,
    "name" TEXT,
    "addresses" TEXT[],
    "firstSeenMs" BIGINT NOT NULL,
    "lastSeenMs" BIGINT NOT NULL,
    "failures" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "KnownPeer_pkey" PRIMARY KEY ("self","node")
);

-- CreateTable
CREATE TABLE "PeerBan" (
    "self" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "detail" TEXT NOT NULL,
    "sinceMs" BIGINT NOT NULL,
    "untilMs" BIGINT NOT NULL,
    "times" INTEGER NOT NULL,

    CONSTRAINT "PeerBan_pkey" PRIMARY KEY ("self","subject")
);

-- CreateTable
CREATE TABLE "NodeInvite" (
    "id" TEXT NOT NULL,
    "keyHash" BYTEA NOT NULL,
    "role" TEXT NOT NULL,
    "usesLeft" INTEGER NOT NULL,
    "createdAtMs" BIGINT NOT NULL,
    "expiresAtMs" BIGINT NOT NULL,

    CONSTRAINT "NodeInvite_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "InboxMessage" (
    "id" TEXT NOT NULL,
    "node" TEXT NOT NULL,
    "recipient" TEXT NOT NULL,
    "sender" TEXT NOT NULL,
    "order" BIGSERIAL NOT NULL,
    "envelope" BYTEA NOT NULL,
    "storedAtMs" BIGINT NOT NULL,
    "expiresAtMs" BIGINT NOT NULL,

    CONSTRAINT "InboxMessage_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "DhtRecord" (
    "self" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "record" BYTEA NOT NULL,
    "seq" BIGINT NOT NULL,
    "putAtMs" BIGINT NOT NULL,

    CONSTRAINT "DhtRecord_pkey" PRIMARY KEY ("self","name")
);

-- CreateIndex
CREATE INDEX "NodeLease_changedAtMs_idx" ON "NodeLease"("changedAtMs");

-- CreateIndex
CREATE INDEX "NodeLease_expiresAtMs_idx" ON "NodeLease"("expiresAtMs");

-- CreateIndex
CREATE INDEX "NodeLease_owner_idx" ON "NodeLease"("owner");

-- CreateIndex
CREATE INDEX "KnownPeer_self_lastSeenMs_idx" ON "KnownPeer"("self", "lastSeenMs");

-- CreateIndex
CREATE INDEX "InboxMessage_node_recipient_order_idx" ON "InboxMessage"("node", "recipient", "order");

-- CreateIndex
CREATE INDEX "InboxMessage_expiresAtMs_idx" ON "InboxMessage"("expiresAtMs");
