-- CreateTable
CREATE TABLE "MentorRules" (
    "playerId" TEXT NOT NULL,
    "rules" TEXT NOT NULL,

    CONSTRAINT "MentorRules_pkey" PRIMARY KEY ("playerId")
);
