// Microsoft's own JavaScript clients, unmodified: @azure/msal-node and @microsoft/microsoft-graph-client.
// Prints what it saw as one JSON object; PRACTICE_TENANT says what to talk to.

import { ConfidentialClientApplication } from "@azure/msal-node";
import { Client, PageIterator } from "@microsoft/microsoft-graph-client";

const practice = JSON.parse(process.env.PRACTICE_TENANT);
const host = new URL(practice.authority).host;

function application(clientSecret) {
  return new ConfidentialClientApplication({
    auth: {
      clientId: practice.clientId,
      clientSecret,
      authority: `${practice.authority}/${practice.tenantId}`,
      knownAuthorities: [host],
    },
  });
}

async function token(clientSecret) {
  const answer = await application(clientSecret).acquireTokenByClientCredential({
    scopes: [`${practice.graph}/.default`],
  });
  return answer.accessToken;
}

function graphClient(accessToken) {
  return Client.init({
    baseUrl: practice.graph,
    customHosts: new Set([new URL(practice.graph).hostname]),
    authProvider: (done) => done(null, accessToken),
  });
}

async function allPages(client, first) {
  const rows = [];
  const iterator = new PageIterator(client, first, (row) => rows.push(row));
  await iterator.iterate();
  return { rows, deltaLink: iterator.getDeltaLink() };
}

async function read() {
  const client = graphClient(await token(practice.clientSecret));
  const organization = await client.api("/organization").get();
  const users = await allPages(client, await client.api("/users").select("id,displayName").top(40).get());
  const round = await allPages(client, await client.api("/users/delta").select("displayName").get());
  const later = await client.api(round.deltaLink).get();
  const refusal = await client.api("/users/nobody").get().catch((error) => error);
  return {
    organization: organization.value[0].id,
    users: users.rows.map((row) => row.id),
    delta: round.rows.map((row) => row.id),
    later: later.value,
    refusal: { status: refusal.statusCode, code: refusal.code },
  };
}

async function wrongSecret() {
  const refusal = await token("wrn8Q~nothing").catch((error) => error);
  return { code: refusal.errorCode, message: refusal.errorMessage };
}

const steps = { read, wrongSecret };
console.log(JSON.stringify(await steps[process.argv[2]]()));
