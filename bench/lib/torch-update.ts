// The update in PyTorch on one thread, in a process of its own that is asked for one round at a time.

import { spawnSync } from 'node:child_process';
import { PYTHON, PythonProcess } from './python.ts';
import {
  ACTIONS,
  BETA1,
  BETA2,
  CLIP,
  ENTROPY,
  EPSILON,
  HIDDEN,
  INPUTS,
  NORM_MAX,
  RATE,
  SAMPLES,
} from './update-work.ts';
import type { UpdateWork, Updater } from './update-work.ts';

const HOW = 'apt-get install python3-torch libopenblas0-pthread';

const PROGRAM = `
import sys, time, os, numpy as np, torch
torch.set_num_threads(1)
folder, mb, n = sys.argv[1], int(sys.argv[2]), ${SAMPLES}
def load(name, kind=np.float32): return torch.from_numpy(np.fromfile(os.path.join(folder, name), kind))
def net(out, name):
    w = [${[INPUTS, ...HIDDEN].join(', ')}, out]
    flat, at, layers = load(name), 0, []
    for i, (a, b) in enumerate(zip(w, w[1:])):
        l = torch.nn.Linear(a, b)
        with torch.no_grad():
            l.weight.copy_(flat[at:at + a * b].reshape(a, b).t()); at += a * b
            l.bias.copy_(flat[at:at + b]); at += b
        layers += [l] if i == len(w) - 2 else [l, torch.nn.Tanh()]
    return torch.nn.Sequential(*layers)
actor, critic = net(${ACTIONS}, 'actor'), net(1, 'critic')
opts = [torch.optim.Adam(m.parameters(), ${RATE}, (${BETA1}, ${BETA2}), ${EPSILON}) for m in (actor, critic)]
x, act = load('x').reshape(n, ${INPUTS}), load('actions', np.int32).long()
old, adv, ret = load('old'), load('advantages'), load('returns')
orders = load('actorOrder', np.int32).long(), load('criticOrder', np.int32).long()
def step(i, j):
    a = adv[i]; a = (a - a.mean()) / (a.std(unbiased=False) + 1e-8)
    lp = torch.log_softmax(actor(x[i]), -1)
    r = (lp.gather(1, act[i, None]).squeeze(1) - old[i]).exp()
    entropy = -(lp.exp() * lp).sum(-1).mean()
    loss = -torch.min(r * a, r.clamp(1 - ${CLIP}, 1 + ${CLIP}) * a).mean() - ${ENTROPY} * entropy
    value = .5 * (critic(x[j]).squeeze(-1) - ret[j]).pow(2).mean()
    for l, m, o in ((loss, actor, opts[0]), (value, critic, opts[1])):
        o.zero_grad(); l.backward(); torch.nn.utils.clip_grad_norm_(m.parameters(), ${NORM_MAX}); o.step()
for line in sys.stdin:
    if line.strip() == 'round':
        t = time.process_time()
        for i, j in zip(orders[0].split(mb), orders[1].split(mb)): step(i, j)
        print(time.process_time() - t, flush=True)
    else:
        parts = []
        for m in (actor, critic):
            for l in m:
                if isinstance(l, torch.nn.Linear):
                    parts += [l.weight.detach().t().reshape(-1), l.bias.detach()]
        torch.cat(parts).numpy().astype(np.float32).tofile(os.path.join(folder, 'parameters'))
        print('written', flush=True)
`;

/** Why PyTorch cannot be asked here, or null; with the reference BLAS anyone looks fast beside it. */
export function torchMissing(): string | null {
  const { status } = spawnSync(PYTHON, ['-c', 'import torch, numpy']);
  if (status !== 0) return `PyTorch is not here: ${HOW}`;
  return blas() === null ? `PyTorch would use the reference BLAS: ${HOW}` : null;
}

/** The BLAS that the linker gives, when it is OpenBLAS. */
function blas(): string | null {
  const { stdout } = spawnSync('readlink', ['-f', '/usr/lib/x86_64-linux-gnu/libblas.so.3'], {
    encoding: 'utf8',
  });
  return /openblas/.test(stdout) ? 'OpenBLAS' : null;
}

/** PyTorch with the same start, data and order. */
export function torchUpdater(work: UpdateWork): Updater {
  const { minibatch, x, actions, old, advantages, returns, actor, critic, actorOrder, criticOrder } = work;
  const columns = { x, actions, old, advantages, returns, actorOrder, criticOrder };
  const single = Object.entries(columns).map(([name, column]) => [name, [column]] as const);
  const files = { ...Object.fromEntries(single), actor, critic };
  const python = new PythonProcess(PROGRAM, files, [String(minibatch)]);
  return {
    name: `torch, ${blas()}, 1 thread, own process`,
    round: async () => (Number(await python.ask('round')) * 1e9) / SAMPLES,
    async parameters() {
      await python.ask('parameters');
      return new Float32Array(python.read('parameters'));
    },
    close: () => python.close(),
  };
}
