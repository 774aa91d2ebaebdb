// What makes the run checkable: hashes, the journal to take away, the replay in a fresh engine, the second
// evaluator.

import type { EvaluatorReport } from '../runtime/onnx-voters.ts';
import type { SessionFacts, SessionFrame, VerifiedView } from '../runtime/session-view.ts';
import { card, h, setClass, setText } from './dom.ts';
import { NONE, formatBytes, formatNumber, shortHash } from './format.ts';

/** What the panel asks its owner to do. */
export interface ProofActions {
  readonly verify: () => void;
  readonly download: () => void;
  readonly webgpu: (on: boolean) => void;
}

const NAMES = ['State hash', 'Journal', 'Last record', 'Engine', 'Evaluator'] as const;
type Name = (typeof NAMES)[number];

/** The proof panel. */
export class ProofPanel {
  readonly element: HTMLElement;
  private readonly values = new Map<Name, HTMLElement>();
  private readonly result = h('p.verdict', { role: 'status' }, '');
  private readonly verifyButton: HTMLButtonElement;
  private readonly evaluatorWhy = h('p.note', { id: 'evaluator-why' }, 'onnxruntime-web is starting …');
  private readonly gpu: HTMLInputElement;

  constructor(actions: ProofActions) {
    const cells = NAMES.flatMap((name) => {
      const value = h('dd.hash', {}, NONE);
      this.values.set(name, value);
      return [h('dt', {}, name), value];
    });
    this.verifyButton = h(
      'button.primary',
      { type: 'button', id: 'verify', onclick: actions.verify },
      'Verify this run',
    ) as HTMLButtonElement;
    this.gpu = h('input', { type: 'checkbox', id: 'webgpu' }) as HTMLInputElement;
    this.gpu.addEventListener('change', () => actions.webgpu(this.gpu.checked));
    const download = h(
      'button',
      { type: 'button', id: 'download', onclick: actions.download },
      'Download journal',
    );
    this.element = card(
      'Proof',
      'proof',
      h('dl.facts', {}, ...cells),
      h('div.buttons', {}, this.verifyButton, download),
      this.result,
      h('label.switch', { for: 'webgpu' }, this.gpu, 'Try WebGPU for the second evaluator'),
      this.evaluatorWhy,
    );
  }

  update(frame: SessionFrame, facts: SessionFacts): void {
    const { proof } = frame;
    this.set(
      'State hash',
      shortHash(proof.stateHash),
      `${proof.stateHash} after ${proof.stateEvents} events`,
    );
    const length = `${formatNumber(proof.journalRecords)} records · ${formatBytes(proof.journalBytes)}`;
    this.set('Journal', length, `${proof.events} events`);
    this.set('Last record', shortHash(proof.journalHash), proof.journalHash);
    const kernel = `version ${facts.engineVersion} · kernel ${shortHash(facts.kernelHash).slice(0, 8)}`;
    this.set('Engine', kernel, facts.kernelHash);
    this.element.dataset['stateHash'] = proof.stateHash;
    this.element.dataset['stateEvents'] = String(proof.stateEvents);
  }

  /** Says which second evaluator came up and why. */
  showEvaluator(report: EvaluatorReport | null): void {
    const words =
      report === null ? 'starting' : report.evaluator === 'none' ? 'reference alone' : report.evaluator;
    this.set('Evaluator', words, report?.why ?? '');
    setText(this.evaluatorWhy, report?.why ?? 'onnxruntime-web is starting …');
    this.gpu.disabled = report === null;
  }

  /** Empties the result of an earlier replay. */
  clearResult(): void {
    setText(this.result, '');
    this.result.className = 'verdict';
  }

  /** Shows that a replay runs. */
  showVerifying(): void {
    this.verifyButton.disabled = true;
    setText(this.result, 'Replaying the journal in a fresh engine …');
    this.result.className = 'verdict';
  }

  /** @param expected state hash of the run when its journal was taken */
  showVerified(found: VerifiedView, expected: string): void {
    this.verifyButton.disabled = false;
    const same = found.ok && found.stateHash === expected;
    setClass(this.result, 'good', same);
    setClass(this.result, 'bad', !same);
    const events = formatNumber(found.events);
    const time = found.ms < 100 ? found.ms.toFixed(0) : formatNumber(found.ms);
    setText(
      this.result,
      same
        ? `Same bits: ${events} events replayed in ${time} ms end in state ${shortHash(expected)}`
        : `Differs: ${found.message}`,
    );
    this.result.dataset['stateHash'] = found.stateHash ?? '';
  }

  /** Shows that a replay could not run. */
  showFailure(message: string): void {
    this.verifyButton.disabled = false;
    setText(this.result, message);
    this.result.className = 'verdict bad';
  }

  private set(name: Name, value: string, title: string): void {
    const element = this.values.get(name);
    if (!element) return;
    setText(element, value);
    if (element.title !== title) element.title = title;
  }
}
