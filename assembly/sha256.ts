// placeholder replaced by the hashing work
export function sha256(address: usize, byteSize: usize, out: usize): void {}
