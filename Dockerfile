# A node of the academy. The page and the database client are built into the image; data lives in /data.
FROM node:24-bookworm-slim
WORKDIR /academy
COPY package.json package-lock.json prisma.config.ts ./
COPY scripts scripts
COPY prisma prisma
RUN node scripts/setup.mjs
COPY . .
RUN node scripts/setup.mjs client && mkdir /data && chown node /data
USER node
VOLUME /data
EXPOSE 2567 2568 2569
CMD ["node", "server/main.ts"]
