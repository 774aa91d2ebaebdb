using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "main", worker = .server)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);

const server :Workerd.Worker = (
  modules = [
    (name = "main", esModule = embed "../../dist/runtimes/server-workerd.mjs"),
    (name = "kernel.wasm", wasm = embed "../../dist/kernel.wasm"),
    (name = "indicators.wasm", wasm = embed "../../dist/indicators.wasm"),
  ],
  compatibilityDate = "2026-11-01",
);
