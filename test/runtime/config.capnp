using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "main", worker = .engine)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);

const engine :Workerd.Worker = (
  modules = [
    (name = "main", esModule = embed "../../dist/runtimes/workerd.mjs"),
    (name = "kernel.wasm", wasm = embed "../../dist/kernel.wasm"),
  ],
  compatibilityDate = "2026-11-01",
);
