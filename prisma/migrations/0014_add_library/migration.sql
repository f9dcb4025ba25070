-- CreateTable
CREATE TABLE "LibraryName" (
    "name" TEXT NOT NULL,
    "owner" TEXT NOT NULL,
    "publisher" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "words" TEXT NOT NULL,
    "claimedAtMs" BIGINT NOT NULL,

    CONSTRAINT "LibraryName_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "LibraryVersion" (
    "name" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "owner" TEXT NOT NULL,
    "cid" TEXT NOT NULL,
    "bytes" INTEGER NOT NULL,
    "publishedAtMs" BIGINT NOT NULL,
    "record" BYTEA NOT NULL,
    "yank" BYTEA,
    "yanked" BOOLEAN NOT NULL DEFAULT false,
    "state" TEXT NOT NULL,
    "why" TEXT,

    CONSTRAINT "LibraryVersion_pkey" PRIMARY KEY ("name","version")
);

-- CreateTable
CREATE TABLE "WorldItem" (
    "zone" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "owner" TEXT NOT NULL,
    "cid" TEXT NOT NULL,
    "place" TEXT,
    "record" BYTEA NOT NULL,
    "files" BYTEA NOT NULL,
    "installedBy" TEXT NOT NULL,
    "installedAtMs" BIGINT NOT NULL,

    CONSTRAINT "WorldItem_pkey" PRIMARY KEY ("zone","name")
);

-- CreateTable
CREATE TABLE "Workspace" (
    "id" TEXT NOT NULL,
    "owner" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "createdAtMs" BIGINT NOT NULL,
    "updatedAtMs" BIGINT NOT NULL,
    "reach" TEXT,
    "cid" TEXT,
    "record" BYTEA,
    "untold" BOOLEAN NOT NULL DEFAULT false,
    "origin" TEXT,

    CONSTRAINT "Workspace_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "WorkspaceProject" (
    "projectId" TEXT NOT NULL,
    "workspaceId" TEXT NOT NULL,
    "environment" TEXT NOT NULL,

    CONSTRAINT "WorkspaceProject_pkey" PRIMARY KEY ("projectId")
);

-- CreateTable
CREATE TABLE "SharedWorkspace" (
    "id" TEXT NOT NULL,
    "owner" TEXT NOT NULL,
    "node" TEXT NOT NULL,
    "cid" TEXT NOT NULL,
    "words" TEXT NOT NULL,
    "record" BYTEA NOT NULL,
    "atMs" BIGINT NOT NULL,

    CONSTRAINT "SharedWorkspace_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "LibraryName_owner_idx" ON "LibraryName"("owner");

-- CreateIndex
CREATE INDEX "LibraryVersion_state_idx" ON "LibraryVersion"("state");

-- CreateIndex
CREATE INDEX "Workspace_owner_idx" ON "Workspace"("owner");

-- CreateIndex
CREATE INDEX "Workspace_cid_idx" ON "Workspace"("cid");

-- CreateIndex
CREATE INDEX "WorkspaceProject_workspaceId_idx" ON "WorkspaceProject"("workspaceId");

-- CreateIndex
CREATE INDEX "SharedWorkspace_owner_idx" ON "SharedWorkspace"("owner");

-- CreateIndex
CREATE INDEX "SharedWorkspace_cid_idx" ON "SharedWorkspace"("cid");

-- AddForeignKey
ALTER TABLE "WorkspaceProject" ADD CONSTRAINT "WorkspaceProject_workspaceId_fkey" FOREIGN KEY ("workspaceId") REFERENCES "Workspace"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "WorkspaceProject" ADD CONSTRAINT "WorkspaceProject_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "Project"("id") ON DELETE CASCADE ON UPDATE CASCADE;
