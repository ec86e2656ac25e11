"""Runs whole updates that `accelerate.ts` wrote down on an accelerator that ONNX Runtime's Node package has no provider for, by PyTorch's kernels.

The graph is the trainer's: forward, backward, clipping and optimiser. Nothing about training is decided here but when time is over: this interprets nodes, feeds frames
that `accelerate.ts draw` makes beside it, and lets the learning rate rise, stay and fall by the share of the time, or of the updates, that is behind.

  python3 accelerate.py --state FILE --out FOLDER --seconds N [--updates N] --peak RATE [--warm-up UPDATES] [--level SHARE] PLAN:FRAMES:SHARE...

PLAN is a path without .json/.bin, FRAMES a folder that is watched, SHARE how much of the time it gets. Frames of all but the last are used once.
"""
import argparse, json, math, os, random, sys, time
import numpy as np
import torch

DTYPES = {"float32": np.float32, "int64": np.int64, "int32": np.int32, "bool": np.bool_}


def attribute(node, name, default=None):
    value = node["attributes"].get(name, default)
    return value["float"] if isinstance(value, dict) and "float" in value else value


def swapped(x, yes):
    return x.transpose(-1, -2) if yes else x


def shape_of(x, target):
    return [x.shape[i] if t == 0 else t for i, t in enumerate(target)]


def rms(x, weight, epsilon):
    return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + epsilon) * weight


def rotary(x, positions, cos, sin):
    half = x.shape[-1] // 2
    c, s = cos[positions].unsqueeze(1), sin[positions].unsqueeze(1)
    a, b = x[..., :half], x[..., half:]
    return torch.cat((a * c - b * s, b * c + a * s), -1)


def reduced(f):
    def run(node, x, axes):
        return f(x, axes, bool(attribute(node, "keepdims", 1)))
    return run


def gather(node, table, at):
    axis = attribute(node, "axis", 0)
    rest = list(table.shape)
    return table.index_select(axis, at.reshape(-1)).reshape(rest[:axis] + list(at.shape) + rest[axis + 1:])


def scatter_rows(node, data, at, updates):
    out = data.clone(memory_format=torch.contiguous_format)
    if attribute(node, "reduction") == "add":
        return out.index_add_(0, at.reshape(-1), updates)
    out[at.reshape(-1)] = updates
    return out


def scatter_elements(node, data, at, updates):
    return data.clone(memory_format=torch.contiguous_format).scatter_add_(attribute(node, "axis"), at, updates)


def skip_rms(node, x, skip, weight):
    total = x + skip
    return rms(total, weight, attribute(node, "epsilon")), None, None, total


def sliced(node, x, start, stop, axes):
    return x.narrow(axes[0], start[0], stop[0] - start[0])


def unsqueezed(node, x, axes):
    for axis in sorted(axes):
        x = x.unsqueeze(axis)
    return x


OPERATORS = {
    "Add": lambda n, a, b: a + b,
    "Sub": lambda n, a, b: a - b,
    "Mul": lambda n, a, b: a * b,
    "Div": lambda n, a, b: a / b,
    "Min": lambda n, a, b: torch.minimum(a, b),
    "Max": lambda n, a, b: torch.maximum(a, b),
    "Neg": lambda n, x: -x,
    "Log": lambda n, x: torch.log(x),
    "Sqrt": lambda n, x: torch.sqrt(x),
    "Sigmoid": lambda n, x: torch.sigmoid(x),
    "Equal": lambda n, a, b: a == b,
    "Where": lambda n, c, a, b: torch.where(c, a, b),
    "MatMul": lambda n, a, b: a @ b,
    "FusedMatMul": lambda n, a, b: scaled(swapped(a, attribute(n, "transA", 0)) @ swapped(b, attribute(n, "transB", 0)), attribute(n, "alpha", 1.0)),
    "Softmax": lambda n, x: torch.softmax(x, attribute(n, "axis", -1)),
    "ReduceSum": reduced(lambda x, axes, keep: x.sum(axes, keepdim=keep)),
    "ReduceMean": reduced(lambda x, axes, keep: x.mean(axes, keepdim=keep)),
    "ReduceMax": reduced(lambda x, axes, keep: x.amax(axes, keepdim=keep)),
    "Reshape": lambda n, x, target: x.reshape(shape_of(x, target)),
    "Transpose": lambda n, x: x.permute(attribute(n, "perm")),
    "Unsqueeze": unsqueezed,
    "Expand": lambda n, x, shape: x.expand(torch.broadcast_shapes(x.shape, tuple(shape))),
    "Concat": lambda n, *parts: torch.cat(parts, attribute(n, "axis")),
    "Split": lambda n, x, sizes: x.split(sizes, attribute(n, "axis")),
    "Slice": sliced,
    "Gather": gather,
    "GatherElements": lambda n, x, at: x.gather(attribute(n, "axis"), at),
    "ScatterND": scatter_rows,
    "ScatterElements": scatter_elements,
    "SimplifiedLayerNormalization": lambda n, x, w: rms(x, w, attribute(n, "epsilon")),
    "SkipSimplifiedLayerNormalization": skip_rms,
    "RotaryEmbedding": lambda n, x, positions, cos, sin: rotary(x, positions, cos, sin),
    "QuickGelu": lambda n, x: x * torch.sigmoid(scaled(x, attribute(n, "alpha", 1.0))),
}
# Inputs that say shapes and axes: lists of the host's.
HOST_INPUTS = {"Reshape": (1,), "Unsqueeze": (1,), "Expand": (1,), "Split": (1,), "Slice": (1, 2, 3), "ReduceSum": (1,), "ReduceMean": (1,), "ReduceMax": (1,)}


def scaled(x, alpha):
    return x if alpha == 1 else x * alpha


class Update:
    """One plan, compiled: frames in, weights and moments changed in place."""

    def __init__(self, path, state, device):
        with open(path + ".json") as file:
            self.plan = json.load(file)
        raw = np.fromfile(path + ".bin", np.uint8)
        self.device, self.state = device, state
        self.host, self.constants = {}, {}
        for c in self.plan["constants"]:
            count = int(np.prod(c["shape"])) * np.dtype(DTYPES[c["dtype"]]).itemsize
            array = raw[c["offset"]:c["offset"] + count].view(DTYPES[c["dtype"]]).reshape(c["shape"])
            if c["dtype"] == "int64" and array.size <= 64:
                self.host[c["name"]] = array.reshape(-1).tolist()
            self.constants[c["name"]] = torch.from_numpy(array.copy()).to(device)
        for k in self.plan["kept"]:
            if k["name"] not in state:
                state[k["name"]] = torch.zeros(k["shape"], device=device)
        self.last_use = {}
        for i, node in enumerate(self.plan["nodes"]):
            for name in node["inputs"]:
                self.last_use[name] = i
        self.frame = torch.zeros(self.plan["frame"]["bytes"], dtype=torch.uint8, device=device)
        self.scalars = torch.zeros(len(self.plan["scalars"]), device=device)
        self.captured = None

    def values(self):
        out = dict(self.constants)
        for part in self.plan["frame"]["parts"]:
            count = int(np.prod(part["shape"])) * 4
            piece = self.frame[part["offset"]:part["offset"] + count]
            typed = piece.view(torch.int32 if part["dtype"] == "int32" else torch.float32).reshape(part["shape"])
            out[part["name"]] = typed.long() if part["dtype"] == "int32" else typed
        out.update((k["name"], self.state[k["name"]]) for k in self.plan["kept"])
        return out

    def compute(self):
        values = self.values()
        wanted = set(self.plan["scalars"]) | {"new." + k["name"] for k in self.plan["kept"]}
        for i, node in enumerate(self.plan["nodes"]):
            # Rounded to 10 bits in the network, not in what orthogonalises.
            torch.backends.cuda.matmul.allow_tf32 = i < self.plan["optimiserFrom"]
            host = HOST_INPUTS.get(node["op"], ())
            inputs = [self.host[name] if at in host else values[name] for at, name in enumerate(node["inputs"]) if name]
            found = OPERATORS[node["op"]](node, *inputs)
            for name, value in zip(node["outputs"], found if isinstance(found, (tuple, list)) else (found,)):
                if name:
                    values[name] = value
            for name in node["inputs"]:
                if name and self.last_use[name] == i and name not in wanted:
                    values.pop(name, None)
        for i, name in enumerate(self.plan["scalars"]):
            self.scalars[i].copy_(values[name].reshape(()))
        for k in self.plan["kept"]:
            self.state[k["name"]].copy_(values["new." + k["name"]])

    def capture(self):
        """Records the kernels of an update once: launched one by one they would be waited for."""
        if self.device.type != "cuda":
            return
        kept = {name: tensor.clone() for name, tensor in self.state.items()}
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(2):
                self.compute()
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self.compute()
        for name, tensor in kept.items():
            self.state[name].copy_(tensor)
        torch.cuda.synchronize()
        self.captured = graph

    def run(self, frame):
        self.frame.copy_(frame, non_blocking=True)
        if self.captured:
            self.captured.replay()
        else:
            self.compute()


class Frames:
    """Frames that others put into a folder; `once`: each is removed when it was taken, else all are kept and drawn from."""

    def __init__(self, folder, size, once):
        self.folder, self.size, self.once = folder, size, once
        self.ready, self.kept, self.seen, self.waited, self.looked = [], [], set(), 0.0, 0.0

    def refill(self):
        # Looking through thousands of names takes as long as an update.
        if self.kept and time.time() - self.looked < 1:
            return
        self.looked = time.time()
        for entry in os.scandir(self.folder):
            if entry.name.endswith(".frame") and entry.name not in self.seen:
                self.seen.add(entry.name)
                self.ready.append(entry.path)

    def take(self):
        start = time.time()
        while not self.ready:
            self.refill()
            if self.ready:
                break
            if self.kept and not self.once:
                return random.choice(self.kept)
            time.sleep(0.005)
            self.waited += time.time() - start
            start = time.time()
        path = self.ready.pop(random.randrange(len(self.ready)))
        frame = torch.from_numpy(np.fromfile(path, np.uint8))
        if frame.numel() != self.size:
            raise ValueError(f"{path}: {frame.numel()} bytes, {self.size} wanted")
        if self.once:
            os.unlink(path)
            self.seen.discard(os.path.basename(path))
        else:
            self.kept.append(frame)
        return frame


def rate(share, updates, o):
    peak = o.peak * min(1.0, (updates + 1) / max(1, o.warm_up))
    return peak if share <= o.level else peak * max(0.0, 1 - (share - o.level) / (1 - o.level))


def save(state, plan, folder, name):
    flat = np.concatenate([state[k["name"]].cpu().numpy().reshape(-1) for k in plan["kept"][:plan["weights"]]])
    flat.tofile(os.path.join(folder, f"{name}.bin"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--state", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--seconds", type=float, default=math.inf)
    parser.add_argument("--updates", type=float, default=math.inf)
    parser.add_argument("--peak", type=float, required=True)
    parser.add_argument("--warm-up", type=int, default=100)
    parser.add_argument("--level", type=float, default=0.4)
    parser.add_argument("stages", nargs="+")
    o = parser.parse_args()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    stages = [s.rsplit(":", 2) for s in o.stages]
    with open(stages[0][0] + ".json") as file:
        plan = json.load(file)
    flat = torch.from_numpy(np.fromfile(o.state, np.float32))
    sizes = [int(np.prod(k["shape"])) for k in plan["kept"][:plan["weights"]]]
    state = {k["name"]: piece.reshape(k["shape"]).clone().to(device) for k, piece in zip(plan["kept"], flat.split(sizes))}
    log = open(os.path.join(o.out, "log.jsonl"), "w", buffering=1)

    def tell(record):
        log.write(json.dumps(record) + "\n")

    tell({"kind": "run", "version": 1, "title": "training on an accelerator", "total": {}, "settings": {"peak": o.peak, "warm_up": o.warm_up, "level": o.level, "stages": len(stages)}})
    start, updates, last = time.time(), 0, time.time()
    ends = np.cumsum([float(s[2]) for s in stages])
    ends = ends / ends[-1]
    for at, (path, folder, _) in enumerate(stages):
        update = Update(path, state, device)
        update.capture()
        frames = Frames(folder, update.plan["frame"]["bytes"], at < len(stages) - 1)
        if at == 0:
            start = time.time()
        name = os.path.basename(path)
        tell({"kind": "note", "step": updates, "seconds": time.time() - start, "text": f"{name} begins"})
        parts = {p["name"]: p for p in update.plan["frame"]["parts"]}
        betas = update.plan["betas"]
        schedule, tokens = parts["learning_rate"]["offset"], int(np.prod(parts["documents"]["shape"]))
        sums, count, since = torch.zeros_like(update.scalars), 0, time.time()
        while (share := max((time.time() - start) / o.seconds, updates / o.updates)) < ends[at]:
            frame = frames.take()
            lr = rate(share, updates, o)
            updates += 1
            frame[schedule:schedule + 12] = torch.tensor([lr, 1 / (1 - betas["first"] ** updates), 1 / math.sqrt(1 - betas["second"] ** updates)], dtype=torch.float32).view(torch.uint8)
            update.run(frame)
            sums += update.scalars
            count += 1
            if device.type == "cuda":
                torch.cuda.current_stream().synchronize()
            if count == 50 or device.type != "cuda":
                now = time.time()
                means = (sums / count).tolist()
                metrics = {**dict(zip(update.plan["scalars"], means)), "learning_rate": lr, "tokens_per_second": count / (now - since) * tokens}
                tell({"kind": "update", "step": updates, "seconds": now - start, "metrics": metrics})
                if updates % 500 == 0 or device.type != "cuda":
                    print(f"{updates} updates, {now - start:.0f} s: loss {metrics['loss']:.3f}", flush=True)
                if not all(math.isfinite(m) for m in means):
                    sys.exit("the training has diverged")
                sums.zero_()
                count, since = 0, now
        save(state, update.plan, o.out, f"stage{at}")
        print(f"{name} is over after {updates} updates, {time.time() - start:.1f} s, {frames.waited:.1f} s of them waiting for frames", flush=True)


if __name__ == "__main__":
    main()
