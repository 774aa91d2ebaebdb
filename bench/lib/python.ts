// A Python program with Debian's packages in a process of its own, one thread, asked line by line. Its clock
// runs inside it, so neither its start nor the pipe is in its times.

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Debian's own: it has the packages, whatever stands before it on the path. */
export const PYTHON = '/usr/bin/python3';

const ONE_THREAD = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };

/** Numbers that a program reads from a file. */
export type Column = Float64Array | Float32Array | Int32Array;

/** Null where Python has the module, else how to get it. */
export function pythonMissing(module: string): string | null {
  const { status } = spawnSync(PYTHON, ['-c', `import ${module}`]);
  return status === 0 ? null : `apt-get install python3-${module} gives it`;
}

/** A running program. */
export class PythonProcess {
  private readonly folder = mkdtempSync(join(tmpdir(), 'bench-python-'));
  private readonly child;
  private readonly lines;

  /**
   * @param program  its text; it answers each line of stdin with one of stdout
   * @param columns  files by name in the folder that is its first argument
   * @param args     its further arguments
   */
  constructor(
    program: string,
    columns: Readonly<Record<string, readonly Column[]>>,
    args: readonly string[] = [],
  ) {
    for (const [name, parts] of Object.entries(columns)) {
      const bytes = parts.map(({ buffer, byteOffset, byteLength }) =>
        Buffer.from(buffer, byteOffset, byteLength),
      );
      writeFileSync(join(this.folder, name), Buffer.concat(bytes));
    }
    this.child = spawn(PYTHON, ['-c', program, this.folder, ...args], {
      env: { ...process.env, ...ONE_THREAD },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  /** Its answer to a line. @throws Error when it ends instead */
  async ask(request: string): Promise<string> {
    this.child.stdin.write(`${request}\n`);
    const { value } = (await this.lines.next()) as IteratorResult<string, undefined>;
    if (value === undefined) throw new Error(`Python ended before it answered "${request}"`);
    return value;
  }

  /** The bytes of a file that it wrote into its folder. */
  read(name: string): ArrayBuffer {
    return Uint8Array.from(readFileSync(join(this.folder, name))).buffer;
  }

  close(): void {
    this.child.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
