-- CreateIndex
CREATE INDEX "AgentOwnerEntry_mid_idx" ON "AgentOwnerEntry"("mid");
