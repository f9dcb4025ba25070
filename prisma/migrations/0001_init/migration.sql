-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "Person" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "nameKey" TEXT NOT NULL,
    "guest" BOOLEAN NOT NULL,
    "roles" TEXT[],
    "locale" TEXT NOT NULL,
    "createdAtMs" BIGINT NOT NULL,
    "lastSeenMs" BIGINT NOT NULL,

    CONSTRAINT "Person_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Credential" (
    "playerId" TEXT NOT NULL,
    "passwordHash" TEXT NOT NULL,
    "changedAtMs" BIGINT NOT NULL,

    CONSTRAINT "Credential_pkey" PRIMARY KEY ("playerId")
);

-- CreateTable
CREATE TABLE "Session" (
    "id" TEXT NOT NULL,
    "playerId" TEXT NOT NULL,
    "createdAtMs" BIGINT NOT NULL,
    "network" TEXT NOT NULL,
    "revokedAtMs" BIGINT,
    "reason" TEXT,

    CONSTRAINT "Session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RefreshToken" (
    "tokenHash" TEXT NOT NULL,
    "sessionId" TEXT NOT NULL,
    "issuedAtMs" BIGINT NOT NULL,
    "expiresAtMs" BIGINT NOT NULL,
    "usedAtMs" BIGINT,

    CONSTRAINT "RefreshToken_pkey" PRIMARY KEY ("tokenHash")
);

-- CreateTable
CREATE TABLE "SigningKey" (
    "kid" TEXT NOT NULL,
    "order" INTEGER NOT NULL,
    "publicJwk" JSONB NOT NULL,
    "privateSealed" BYTEA NOT NULL,
    "createdAtMs" BIGINT NOT NULL,
    "activeFromMs" BIGINT NOT NULL,

    CONSTRAINT "SigningKey_pkey" PRIMARY KEY ("kid")
);

-- CreateTable
CREATE TABLE "AuditEntry" (
    "index" BIGINT NOT NULL,
    "atMs" BIGINT NOT NULL,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "details" TEXT NOT NULL,
    "prevHash" TEXT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "AuditEntry_pkey" PRIMARY KEY ("index")
);

-- CreateTable
CREATE TABLE "Sanction" (
    "id" TEXT NOT NULL,
    "playerId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "by" TEXT NOT NULL,
    "fromMs" BIGINT NOT NULL,
    "untilMs" BIGINT,
    "liftedAtMs" BIGINT,
    "liftedBy" TEXT,

    CONSTRAINT "Sanction_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Block" (
    "by" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "atMs" BIGINT NOT NULL,

    CONSTRAINT "Block_pkey" PRIMARY KEY ("by","target")
);

-- CreateTable
CREATE TABLE "Report" (
    "id" TEXT NOT NULL,
    "by" TEXT NOT NULL,
    "target" TEXT,
    "text" TEXT NOT NULL,
    "context" TEXT[],
    "atMs" BIGINT NOT NULL,
    "closedAtMs" BIGINT,
    "closedBy" TEXT,
    "note" TEXT,

    CONSTRAINT "Report_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Preference" (
    "playerId" TEXT NOT NULL,
    "value" JSONB NOT NULL,

    CONSTRAINT "Preference_pkey" PRIMARY KEY ("playerId")
);

-- CreateTable
CREATE TABLE "JournalRecord" (
    "zone" TEXT NOT NULL,
    "seq" BIGINT NOT NULL,
    "tick" BIGINT NOT NULL,
    "input" TEXT NOT NULL,

    CONSTRAINT "JournalRecord_pkey" PRIMARY KEY ("zone","seq")
);

-- CreateTable
CREATE TABLE "ZoneSnapshot" (
    "zone" TEXT NOT NULL,
    "seq" BIGINT NOT NULL,
    "tick" BIGINT NOT NULL,
    "worldDigest" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "state" BYTEA NOT NULL,

    CONSTRAINT "ZoneSnapshot_pkey" PRIMARY KEY ("zone","seq")
);

-- CreateTable
CREATE TABLE "Project" (
    "id" TEXT NOT NULL,
    "owner" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "createdAtMs" BIGINT NOT NULL,
    "updatedAtMs" BIGINT NOT NULL,

    CONSTRAINT "Project_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ProjectFile" (
    "projectId" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "updatedAtMs" BIGINT NOT NULL,

    CONSTRAINT "ProjectFile_pkey" PRIMARY KEY ("projectId","path")
);

-- CreateTable
CREATE TABLE "Agent" (
    "id" TEXT NOT NULL,
    "owner" TEXT NOT NULL,
    "projectId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "epoch" INTEGER NOT NULL DEFAULT 1,
    "program" TEXT,
    "memory" TEXT NOT NULL DEFAULT '{}',
    "checkpointTick" BIGINT NOT NULL DEFAULT 0,
    "fuelUsed" BIGINT NOT NULL DEFAULT 0,
    "error" JSONB,
    "createdAtMs" BIGINT NOT NULL,
    "updatedAtMs" BIGINT NOT NULL,

    CONSTRAINT "Agent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AgentTurnRecord" (
    "agentId" TEXT NOT NULL,
    "tick" BIGINT NOT NULL,
    "turn" BYTEA NOT NULL,

    CONSTRAINT "AgentTurnRecord_pkey" PRIMARY KEY ("agentId","tick")
);

-- CreateTable
CREATE TABLE "AgentLogLine" (
    "agentId" TEXT NOT NULL,
    "id" BIGINT NOT NULL,
    "tick" BIGINT NOT NULL,
    "level" TEXT NOT NULL,
    "text" TEXT NOT NULL,

    CONSTRAINT "AgentLogLine_pkey" PRIMARY KEY ("agentId","id")
);

-- CreateTable
CREATE TABLE "LedgerAccount" (
    "id" TEXT NOT NULL,
    "mayGoNegative" BOOLEAN NOT NULL,
    "balanceMicro" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "LedgerAccount_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "LedgerTransfer" (
    "id" TEXT NOT NULL,
    "index" BIGINT NOT NULL,
    "from" TEXT NOT NULL,
    "to" TEXT NOT NULL,
    "amountMicro" BIGINT NOT NULL,
    "code" TEXT NOT NULL,
    "memo" TEXT,
    "atMs" BIGINT NOT NULL,

    CONSTRAINT "LedgerTransfer_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "LessonProgress" (
    "playerId" TEXT NOT NULL,
    "lessonId" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "startedAtMs" BIGINT,
    "passedAtMs" BIGINT,
    "tasks" JSONB NOT NULL DEFAULT '{}',
    "hintsShown" INTEGER NOT NULL DEFAULT 0,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "paid" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "LessonProgress_pkey" PRIMARY KEY ("playerId","lessonId")
);

-- CreateTable
CREATE TABLE "LessonAttempt" (
    "id" TEXT NOT NULL,
    "playerId" TEXT NOT NULL,
    "lessonId" TEXT NOT NULL,
    "atMs" BIGINT NOT NULL,
    "passed" BOOLEAN NOT NULL,
    "sources" JSONB,
    "report" JSONB NOT NULL,

    CONSTRAINT "LessonAttempt_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "PlayerBadge" (
    "playerId" TEXT NOT NULL,
    "badge" TEXT NOT NULL,
    "atMs" BIGINT NOT NULL,

    CONSTRAINT "PlayerBadge_pkey" PRIMARY KEY ("playerId","badge")
);

-- CreateTable
CREATE TABLE "Setting" (
    "key" TEXT NOT NULL,
    "value" JSONB NOT NULL,

    CONSTRAINT "Setting_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE UNIQUE INDEX "Person_nameKey_key" ON "Person"("nameKey");

-- CreateIndex
CREATE INDEX "Session_playerId_idx" ON "Session"("playerId");

-- CreateIndex
CREATE INDEX "RefreshToken_sessionId_idx" ON "RefreshToken"("sessionId");

-- CreateIndex
CREATE INDEX "RefreshToken_expiresAtMs_idx" ON "RefreshToken"("expiresAtMs");

-- CreateIndex
CREATE UNIQUE INDEX "SigningKey_order_key" ON "SigningKey"("order");

-- CreateIndex
CREATE UNIQUE INDEX "AuditEntry_hash_key" ON "AuditEntry"("hash");

-- CreateIndex
CREATE INDEX "AuditEntry_subject_idx" ON "AuditEntry"("subject");

-- CreateIndex
CREATE INDEX "Sanction_playerId_idx" ON "Sanction"("playerId");

-- CreateIndex
CREATE INDEX "Report_closedAtMs_id_idx" ON "Report"("closedAtMs", "id");

-- CreateIndex
CREATE INDEX "Project_owner_idx" ON "Project"("owner");

-- CreateIndex
CREATE INDEX "Agent_status_idx" ON "Agent"("status");

-- CreateIndex
CREATE UNIQUE INDEX "Agent_owner_name_key" ON "Agent"("owner", "name");

-- CreateIndex
CREATE UNIQUE INDEX "LedgerTransfer_index_key" ON "LedgerTransfer"("index");

-- CreateIndex
CREATE INDEX "LedgerTransfer_from_index_idx" ON "LedgerTransfer"("from", "index");

-- CreateIndex
CREATE INDEX "LedgerTransfer_to_index_idx" ON "LedgerTransfer"("to", "index");

-- CreateIndex
CREATE INDEX "LessonProgress_status_paid_idx" ON "LessonProgress"("status", "paid");

-- CreateIndex
CREATE INDEX "LessonAttempt_playerId_lessonId_atMs_idx" ON "LessonAttempt"("playerId", "lessonId", "atMs");

-- AddForeignKey
ALTER TABLE "Credential" ADD CONSTRAINT "Credential_playerId_fkey" FOREIGN KEY ("playerId") REFERENCES "Person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Session" ADD CONSTRAINT "Session_playerId_fkey" FOREIGN KEY ("playerId") REFERENCES "Person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RefreshToken" ADD CONSTRAINT "RefreshToken_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "Session"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ProjectFile" ADD CONSTRAINT "ProjectFile_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Agent" ADD CONSTRAINT "Agent_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Rules Prisma's language cannot say.
ALTER TABLE "LedgerAccount" ADD CONSTRAINT "LedgerAccount_not_negative" CHECK ("mayGoNegative" OR "balanceMicro" >= 0);
ALTER TABLE "LedgerTransfer" ADD CONSTRAINT "LedgerTransfer_amount_positive" CHECK ("amountMicro" > 0);
ALTER TABLE "LedgerTransfer" ADD CONSTRAINT "LedgerTransfer_two_accounts" CHECK ("from" <> "to");

-- The audit log only grows. (Whoever owns the database can still drop this; the chain of hashes then tells.)
CREATE FUNCTION "AuditEntry_refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit entries are neither changed nor deleted' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER "AuditEntry_append_only" BEFORE UPDATE OR DELETE ON "AuditEntry"
  FOR EACH STATEMENT EXECUTE FUNCTION "AuditEntry_refuse_change"();
