'use strict';
// @slack/bolt: a small app with an event, a command, a button, a modal that is
// refused first and taken then, a Home tab and an external select.
const { test, before, after } = require('node:test');
const assert = require('node:assert/strict');
const { App, LogLevel } = require('@slack/bolt');
const {
  api, workspace, act, look, until, once, state,
} = require('./sim');

const app = new App({
  token: workspace.bot_token,
  appToken: workspace.app_token,
  socketMode: true,
  logLevel: LogLevel.ERROR,
  clientOptions: { slackApiUrl: api },
});
const plain = (text) => ({ type: 'plain_text', text });

app.command('/usher', async ({ ack, body, client }) => {
  await ack();
  await client.views.open({
    trigger_id: body.trigger_id,
    view: {
      type: 'modal',
      callback_id: 'ask',
      title: plain('Ask'),
      submit: plain('Send'),
      blocks: [
        { type: 'input', block_id: 'why', label: plain('Why'), element: { type: 'plain_text_input', action_id: 'reason' } },
        { type: 'input', block_id: 'where', label: plain('Where'), element: { type: 'external_select', action_id: 'room', min_query_length: 0 } },
      ],
    },
  });
});
app.options('room', async ({ ack, options }) => {
  await ack({ options: [{ text: plain(`about ${options.value}`), value: 'room-1' }] });
});
const submissions = [];
app.view('ask', async ({ ack, view }) => {
  const values = view.state.values;
  submissions.push(values);
  if (values.why.reason.value.length < 5) {
    await ack({ response_action: 'errors', errors: { why: 'Say a little more' } });
    return;
  }
  await ack();
});
app.action('join', async ({ ack, respond, action }) => {
  await ack();
  await respond({ replace_original: true, text: `joined ${action.value}` });
});
app.event('app_home_opened', async ({ event, client }) => {
  await client.views.publish({
    user_id: event.user,
    view: { type: 'home', blocks: [{ type: 'section', text: plain('Your rooms') }] },
  });
});
app.command('/echo', async ({ ack, command, respond }) => {
  await ack(`first ${command.text}`);
  await respond(`then ${command.text}`);
});
const step = (n, fields = {}) => ({
  type: 'modal',
  callback_id: 'steps',
  private_metadata: String(n),
  notify_on_close: true,
  title: plain(`Step ${n}`),
  submit: plain('Next'),
  blocks: [{ type: 'section', block_id: 'where', text: plain(`step ${n}`) }],
  ...fields,
});
app.command('/steps', async ({ ack, body, client }) => {
  await ack();
  await client.views.open({ trigger_id: body.trigger_id, view: step(1) });
});
app.view('steps', async ({ ack, view }) => {
  const n = Number(view.private_metadata);
  if (n === 1) await ack({ response_action: 'push', view: step(2) });
  else if (n === 2) await ack({ response_action: 'update', view: step(3) });
  else await ack({ response_action: 'clear' });
});
const closed = once();
app.view({ type: 'view_closed', callback_id: 'steps' }, async ({ ack, view }) => {
  await ack();
  closed.resolve(view);
});
const joins = once();
app.event('member_joined_channel', async ({ event }) => joins.resolve(event));

app.message('hello', async ({ message, say }) => say(`hello <@${message.user}>`));
app.event('app_mention', async ({ event, say }) => say({ text: 'at your service', thread_ts: event.ts }));

before(async () => { await app.start(); });
after(async () => { await app.stop(); });

test('an event', async () => {
  await act('alice', 'invite', { channel: 'finance-department', users: ['bob'] });
  const event = await joins.value;
  const { users } = await state();
  assert.equal(users[event.user].name, 'bob');
  assert.equal(users[event.inviter].name, 'alice');
});

test('what is said, and said to it', async () => {
  await act('alice', 'post', { channel: 'finance-department', text: `hello <@${workspace.bot_user_id}>` });
  const { users } = await state();
  const alice = Object.values(users).find((u) => u.name === 'alice').id;
  await until('both answers', async () => {
    const said = (await state()).messages.map((m) => m.text);
    return said.includes(`hello <@${alice}>`) && said.includes('at your service');
  });
});

test('a button', async () => {
  await app.client.chat.postMessage({
    channel: 'general',
    text: 'Join?',
    blocks: [{ type: 'actions', elements: [{ type: 'button', action_id: 'join', value: 'room-1', text: plain('Join') }] }],
  });
  await act('bob', 'click', { channel: 'general', action_id: 'join' });
  await until('the message is replaced', async () => (await state()).messages.some((m) => m.text === 'joined room-1'));
});

test('a command, answered in the ack and once more later', async () => {
  const { reply } = await act('bob', 'slash', { command: '/echo', text: 'hello', channel: 'general' });
  assert.equal(reply.text, 'first hello');
  assert.equal(reply.ephemeral, true);
  const { users } = await state();
  const later = await until('the second answer', async () => (await state()).messages.find((m) => m.text === 'then hello'));
  assert.deepEqual(later.to.map((id) => users[id].name), ['bob']);
});

async function modalsOf(name) {
  const { users, modals } = await state();
  const user = Object.values(users).find((u) => u.name === name);
  return modals[user.id] ?? [];
}

test('modals pushed, updated, closed and cleared', async () => {
  const titles = async () => (await modalsOf('alice')).map((v) => v.title.text);
  const top = async () => (await modalsOf('alice')).at(-1).id;
  await act('alice', 'slash', { command: '/steps', text: '', channel: 'general' });
  await until('step 1', async () => (await titles()).length === 1);
  await act('alice', 'submit', { view_id: await top(), values: {} });
  assert.deepEqual(await titles(), ['Step 1', 'Step 2']);
  await act('alice', 'submit', { view_id: await top(), values: {} });
  assert.deepEqual(await titles(), ['Step 1', 'Step 3']);
  await act('alice', 'close', { view_id: await top() });
  assert.equal((await closed.value).private_metadata, '3');
  assert.deepEqual(await titles(), ['Step 1']);
  await act('alice', 'submit', { view_id: await top(), values: {} });
  assert.deepEqual(await titles(), ['Step 1', 'Step 2']);
  await act('alice', 'submit', { view_id: await top(), values: {} });
  await act('alice', 'submit', { view_id: await top(), values: {} });
  assert.deepEqual(await titles(), []);
});

test('a modal, with options, refused and then taken', async () => {
  await act('bob', 'slash', { command: '/usher', text: '', channel: 'general' });
  const person = () => modalsOf('bob');
  const [view] = await until('the modal opens', async () => { const open = await person(); return open.length > 0 && open; });
  const found = await act('bob', 'suggest', { view_id: view.id, action_id: 'room', query: 'fin' });
  assert.match(JSON.stringify(found.options), /about fin/);

  const values = { why: { reason: 'no' }, where: { room: 'room-1' } };
  const refused = await act('bob', 'submit', { view_id: view.id, values });
  assert.deepEqual(refused.errors, { why: 'Say a little more' });
  assert.equal((await person()).length, 1);

  values.why.reason = 'because I may';
  const taken = await act('bob', 'submit', { view_id: view.id, values });
  assert.equal(Object.keys(taken.errors ?? {}).length, 0);
  assert.equal((await person()).length, 0);
  assert.deepEqual(submissions.map((v) => v.why.reason.value), ['no', 'because I may']);
  assert.equal(submissions[1].where.room.selected_option.value, 'room-1');
});

test('a Home tab', async () => {
  await act('bob', 'open_home');
  const home = await until('the Home is published', async () => {
    const { users, homes } = await state();
    const bob = Object.values(users).find((u) => u.name === 'bob');
    return homes[bob.id];
  });
  assert.match(JSON.stringify(home), /Your rooms/);
});

test('everything sent was acknowledged', async () => {
  await until('no ack is missing', async () => {
    const { sent, acked } = await look('sockets');
    return sent > 0 && sent === acked;
  });
});
