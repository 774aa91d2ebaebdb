// The worker that measures: one part after the other, each row told as soon as it is known. The page ends it
// to cancel.

import { TOPICS } from './catalogue.ts';
import type { TopicId } from './catalogue.ts';
import { SIZES } from './protocol.ts';
import type { Bench, Message, Start } from './protocol.ts';
import { benchEngine } from './topics/engine.ts';
import { benchIndicators, benchStreaming } from './topics/indicators.ts';
import { benchPatterns } from './topics/patterns.ts';
import { benchPolicy } from './topics/policy.ts';
import { benchRisk } from './topics/risk.ts';
import { benchScan } from './topics/scan.ts';
import { benchSignals } from './topics/signals.ts';
import { benchTraining } from './topics/training.ts';

const RUN: Readonly<Record<TopicId, (bench: Bench) => Promise<void>>> = {
  indicators: benchIndicators,
  streaming: benchStreaming,
  signals: benchSignals,
  patterns: benchPatterns,
  policy: benchPolicy,
  risk: benchRisk,
  scan: benchScan,
  engine: benchEngine,
  training: benchTraining,
};

const tell = (message: Message): void => globalThis.postMessage(message);

globalThis.addEventListener('message', (event: MessageEvent<Start>) => {
  measure(event.data).catch((error: unknown) => tell({ kind: 'broken', message: wordsOf(error) }));
});

async function measure({ size }: Start): Promise<void> {
  const started = performance.now();
  const { peers } = await import('bench-peers');
  const bench: Bench = {
    sizes: SIZES[size],
    peerOf: peers === null ? null : (name) => peers[name],
    add: (result) => tell({ kind: 'result', result }),
  };
  for (const { id } of TOPICS) {
    tell({ kind: 'started', topic: id });
    try {
      await RUN[id](bench);
    } catch (error) {
      tell({ kind: 'failed', topic: id, message: wordsOf(error) });
    }
  }
  tell({ kind: 'finished', ms: performance.now() - started });
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
