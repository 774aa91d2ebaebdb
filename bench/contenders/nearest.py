# faiss, one query a call: "flat" is an exact scan, "hnsw" a graph of 32 links with the defaults of its building.
# Reads rows and queries of 13 columns, f32. Answers "build" with its milliseconds, "found" when the ids of all
# queries are written, and a count with the nanoseconds of one query over so many.
import sys
import time

import faiss
import numpy as np

folder, kind, neighbours = sys.argv[1], sys.argv[2], int(sys.argv[3])
faiss.omp_set_num_threads(1)
rows, queries = (np.fromfile(f"{folder}/{name}", np.float32).reshape(-1, 13) for name in ("rows", "queries"))
start = time.perf_counter()
index = faiss.IndexFlatL2(13) if kind == "flat" else faiss.IndexHNSWFlat(13, 32)
index.add(rows)
built = time.perf_counter() - start
if kind == "hnsw":
    index.hnsw.efSearch = 64
at = 0


def search(count):
    global at
    for _ in range(count):
        i = at % len(queries)
        index.search(queries[i : i + 1], neighbours)
        at += 1


for line in sys.stdin:
    request = line.strip()
    if request == "build":
        print(built * 1e3, flush=True)
    elif request == "found":
        found = [index.search(queries[i : i + 1], neighbours)[1] for i in range(len(queries))]
        np.concatenate(found).astype(np.int32).tofile(f"{folder}/found")
        print("written", flush=True)
    else:
        start = time.perf_counter()
        search(int(request))
        print((time.perf_counter() - start) / int(request) * 1e9, flush=True)
