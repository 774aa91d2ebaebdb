// One update of a 102,405-parameter actor (11 → 256 → 256 → 128 → 5) and a critic of its size: gather,
// forward, clipped loss, backward, clipped Adam; samples per second of one thread, minibatches of 256 and
// 1,024. Beside it PyTorch on one thread where Debian's python3-torch is installed, in a process of its own,
// turn by turn.

import { spawnSync } from 'node:child_process';
import { Network } from '../src/training/network.ts';
import { PlantedMarket, plantedMarket } from '../src/training/planted-market.ts';
import { loadTraining } from '../src/wasm/training.ts';
import { rowOf } from './rounds.ts';
import type { BenchRow, SkippedRow } from './rounds.ts';

const INPUTS = 11;
const HIDDEN = [256, 256, 128] as const;
const ACTIONS = 5;
const SAMPLES = 4096;
const ROUNDS = 4;

const TORCH = `
import sys, time, torch
torch.set_num_threads(1)
mb, n = int(sys.argv[1]), ${SAMPLES}
def net(out):
    w = [${INPUTS}, ${HIDDEN.join(', ')}]
    layers = [m for a, b in zip(w, w[1:]) for m in (torch.nn.Linear(a, b), torch.nn.Tanh())]
    return torch.nn.Sequential(*layers, torch.nn.Linear(w[-1], out))
actor, critic = net(${ACTIONS}), net(1)
opts = [torch.optim.Adam(m.parameters(), 1e-4, eps=1e-5) for m in (actor, critic)]
x, act = torch.randn(n, ${INPUTS}), torch.randint(0, ${ACTIONS}, (n,))
old, adv, ret = torch.full((n,), -1.6), torch.randn(n), torch.randn(n)
def step(i):
    a = adv[i]; a = (a - a.mean()) / (a.std() + 1e-8)
    d = torch.distributions.Categorical(logits=actor(x[i]))
    r = (d.log_prob(act[i]) - old[i]).exp()
    loss = -torch.min(r * a, r.clamp(.8, 1.2) * a).mean() - .01 * d.entropy().mean()
    value = .5 * (critic(x[i]).squeeze(-1) - ret[i]).pow(2).mean()
    for l, m, o in ((loss, actor, opts[0]), (value, critic, opts[1])):
        o.zero_grad(); l.backward(); torch.nn.utils.clip_grad_norm_(m.parameters(), .5); o.step()
def round():
    t = time.process_time()
    for i in torch.randperm(n).split(mb): step(i)
    return n / (time.process_time() - t)
round()
print(round())
`;

/** Samples per CPU second. */
export async function bench(): Promise<(BenchRow | SkippedRow)[]> {
  const rows: (BenchRow | SkippedRow)[] = [];
  for (const minibatch of [256, 1024]) {
    const round = await updateRound(minibatch);
    const ours: number[] = [];
    const theirs: number[] = [];
    let absent = '';
    for (let i = 0; i <= ROUNDS; i++) {
      ours.push(round());
      if (absent !== '') continue;
      const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
      const torch = spawnSync('/usr/bin/python3', ['-c', TORCH, String(minibatch)], {
        encoding: 'utf8',
        env,
      });
      if (torch.status === 0) theirs.push(Number(torch.stdout));
      else absent = torch.stderr?.trim().split('\n').at(-1) ?? 'no python3';
    }
    const definition = 'actor 102,405 + critic 101,889 parameters, tanh, PPO clip, Adam; per CPU second';
    rows.push(rowOf(`update, minibatch ${minibatch}`, 'samples/s', SAMPLES, ours, definition));
    const name = `update, minibatch ${minibatch}, torch 1 thread`;
    if (absent !== '') rows.push({ name, skipped: absent });
    else rows.push(rowOf(name, 'samples/s', SAMPLES, theirs, 'python3-torch of Debian, own process'));
  }
  rows.push(await marketRow());
  return rows;
}

/** Bars of the market "part" per CPU second, features included, 1,024 paths at once. */
async function marketRow(): Promise<BenchRow> {
  const kernel = await loadTraining();
  const [paths, steps] = [1024, 64];
  const market = new PlantedMarket(kernel, plantedMarket('part'), paths, steps, 1);
  const rounds = Array.from({ length: ROUNDS + 1 }, () => {
    const before = process.cpuUsage();
    for (let i = 0; i < 8; i++) market.advance(steps);
    const { user, system } = process.cpuUsage(before);
    return (8 * paths * steps) / ((user + system) / 1e6);
  });
  return rowOf('planted market', 'bars/s', 8 * paths * steps, rounds);
}

/** A function that runs one epoch over the buffer and returns samples per CPU second. */
async function updateRound(minibatch: number): Promise<() => number> {
  const kernel = await loadTraining();
  const { raw } = kernel;
  const rng = kernel.alloc(4);
  raw.rngInit(rng, 1);
  const hidden = HIDDEN.map((width) => ({ kind: 'dense', width, activation: 'tanh' }) as const);
  const make = (width: number, headGain: number): Network => {
    const layers = [...hidden, { kind: 'dense', width, activation: 'none' } as const];
    return new Network(kernel, { inputWidth: INPUTS, layers, headGain }, minibatch, rng);
  };
  const [actor, critic] = [make(ACTIONS, 0.01), make(1, 1)];
  const floats = (count: number): number => kernel.alloc(4 * count);
  const normal = (count: number): number => {
    const at = floats(count);
    kernel.f32(at, count).forEach((_, i, all) => (all[i] = raw.rngNormal(rng)));
    return at;
  };
  const [x, advantages, returns] = [normal(SAMPLES * INPUTS), normal(SAMPLES), normal(SAMPLES)];
  const [actions, old, order] = [floats(SAMPLES), floats(SAMPLES), floats(SAMPLES)];
  kernel.i32(actions, SAMPLES).forEach((_, i, all) => (all[i] = i % ACTIONS));
  kernel.f32(old, SAMPLES).fill(-1.6);
  const [input, act, oldLogP, adv, ret] = [INPUTS, 1, 1, 1, 1].map((width) => floats(minibatch * width));
  const [logP, statistics] = [floats(minibatch * ACTIONS), kernel.alloc(32)];
  if (!input || !act || !oldLogP || !adv || !ret) throw new RangeError('no memory');
  return () => {
    const before = process.cpuUsage();
    raw.shuffle(order, SAMPLES, rng);
    for (let start = 0; start < SAMPLES; start += minibatch) {
      const index = order + 4 * start;
      raw.gatherRows(x, index, input, minibatch, INPUTS);
      raw.gatherRows(actions, index, act, minibatch, 1);
      raw.gatherRows(old, index, oldLogP, minibatch, 1);
      raw.gatherRows(advantages, index, adv, minibatch, 1);
      raw.gatherRows(returns, index, ret, minibatch, 1);
      raw.momentsOf(adv, minibatch, statistics);
      const [mean = 0, deviation = 1] = kernel.f64(statistics, 2);
      raw.rescale(adv, adv, minibatch, mean, 1 / deviation);
      raw.logSoftmax(actor.forward(input, minibatch), logP, minibatch, ACTIONS);
      const out = [actor.outputGradient, statistics] as const;
      raw.ppoCategorical(logP, minibatch, ACTIONS, act, oldLogP, adv, 0.2, 0.01, ...out);
      actor.backward(minibatch);
      actor.step({ rate: 1e-4, normMax: 0.5 });
      raw.valueLoss(critic.forward(input, minibatch), ret, minibatch, 1, critic.outputGradient);
      critic.backward(minibatch);
      critic.step({ rate: 1e-4, normMax: 0.5 });
    }
    const { user, system } = process.cpuUsage(before);
    return SAMPLES / ((user + system) / 1e6);
  };
}
