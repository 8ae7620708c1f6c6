'use strict';
// What the scripts share: the running local Slack, told by the environment
// variable SIM as `usher sim` prints it, and its control interface.
const assert = require('node:assert/strict');

const sim = JSON.parse(process.env.SIM);
const workspace = sim.workspaces[0];

async function answer(response) {
  const text = await response.text();
  assert.equal(response.status, 200, `${response.url}: ${response.status} ${text}`);
  return JSON.parse(text);
}

async function control(path, body) {
  return answer(await fetch(sim.control_url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }));
}

// act does something as a person and insists that Slack lets them.
async function act(as, what, fields = {}) {
  const result = await control('act', { team: workspace.team_id, as, do: what, ...fields });
  assert.equal(result.ok, true, `${as} ${what}: ${JSON.stringify(result)}`);
  return result;
}

async function look(path) {
  return answer(await fetch(sim.control_url + path));
}

// until asks again and again, for ten seconds at most.
async function until(what, condition) {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const found = await condition();
    if (found) return found;
    assert.ok(Date.now() < deadline, `timed out: ${what}`);
  }
}

// once gives the next value of a callback.
function once() {
  let resolve;
  const value = new Promise((r) => { resolve = r; });
  return { value, resolve };
}

// state is the simulated workspace as it is now.
async function state() {
  return (await look('state')).workspaces[workspace.team_id];
}

module.exports = {
  api: sim.api_url, workspace, act, control, look, until, once, state,
};
