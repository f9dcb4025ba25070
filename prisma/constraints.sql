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
