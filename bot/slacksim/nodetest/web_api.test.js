'use strict';
// @slack/web-api: arguments, answers, errors, paging, retry after 429.
const { test } = require('node:test');
const assert = require('node:assert/strict');
const { WebClient } = require('@slack/web-api');
const { api, workspace, control, look } = require('./sim');

const quiet = { debug() {}, info() {}, warn() {}, error() {}, setLevel() {}, getLevel() {}, setName() {} };
const client = new WebClient(workspace.bot_token, { slackApiUrl: api, logger: quiet });

test('auth.test knows the bot', async () => {
  const me = await client.auth.test();
  assert.equal(me.user_id, workspace.bot_user_id);
  assert.equal(me.team_id, workspace.team_id);
});

test('pages through conversations.list', async () => {
  const names = [];
  let pages = 0;
  for await (const page of client.paginate('conversations.list', { limit: 4, types: 'public_channel,private_channel' })) {
    pages += 1;
    assert.ok(page.channels.length <= 4);
    names.push(...page.channels.map((c) => c.name));
  }
  assert.ok(pages >= 3, `${pages} pages`);
  assert.equal(new Set(names).size, names.length);
  for (const name of ['general', 'finance-department', 'room-1', 'room-9']) assert.ok(names.includes(name), name);
  assert.ok(!names.includes('secret'), 'a private channel the bot is not in');
});

test('pages through conversations.members', async () => {
  const { channels } = await client.conversations.list({ limit: 200 });
  const general = channels.find((c) => c.name === 'general');
  const members = [];
  let pages = 0;
  for await (const page of client.paginate('conversations.members', { channel: general.id, limit: 10 })) {
    pages += 1;
    members.push(...page.members);
  }
  assert.ok(pages >= 3, `${pages} pages`);
  assert.equal(new Set(members).size, members.length);
  assert.ok(members.length >= 25, `${members.length} members`);
});

test('an error of the platform is one here', async () => {
  await assert.rejects(client.conversations.info({ channel: 'C0NOSUCH' }), (error) => error.data.error === 'channel_not_found');
  await assert.rejects(client.apiCall('conversations.burn'), (error) => error.data.error === 'unknown_method');
  const stranger = new WebClient('xoxb-nobody', { slackApiUrl: api, logger: quiet });
  await assert.rejects(stranger.auth.test(), (error) => error.data.error === 'invalid_auth');
});

test('blocks that are too long are refused with a pointer', async () => {
  const blocks = [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }];
  await assert.rejects(client.chat.postMessage({ channel: 'general', text: 'x', blocks }), (error) => {
    assert.equal(error.data.error, 'invalid_blocks');
    assert.match(JSON.stringify(error.data.response_metadata.messages), /json-pointer:\/blocks\/0\/text\/text/);
    return true;
  });
});

test('waits as long as a 429 says and asks again', async () => {
  await control('faults', { method: 'team.info', retry_after: 1, times: 1 });
  const start = Date.now();
  const { team } = await client.team.info();
  assert.equal(team.id, workspace.team_id);
  assert.ok(Date.now() - start >= 1000, 'it did not wait');
  const { calls } = await look('calls?since=0');
  assert.deepEqual(calls.filter((c) => c.method === 'team.info').map((c) => c.status), [429, 200]);
});

test('a rate tier answers 429 by itself', async () => {
  const hasty = new WebClient(workspace.bot_token, { slackApiUrl: api, logger: quiet, rejectRateLimitedCalls: true });
  let limited;
  for (let i = 0; i < 200 && !limited; i += 1) {
    await hasty.usergroups.list().catch((error) => { limited = error; });
  }
  assert.ok(limited?.retryAfter > 0, `never limited: ${limited}`);
});
