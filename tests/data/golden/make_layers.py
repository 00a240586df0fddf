#!/usr/bin/env python3
"""Golden values of layers and losses from PyTorch, in double: make_layers.py > layers.json

Run with torch 2.2.2. PyTorch is needed to make the file anew, never to build or test.
"""
import json

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(20261123)


def rows(t):
    """A tensor as a matrix: its first dimension, then the rest flattened."""
    return t.detach().reshape(t.shape[0], -1).tolist() if t.dim() > 1 else [t.detach().tolist()]


def case(name, shape, inputs, parameters, output):
    """`parameters`: our layout's name -> (tensor, function to our layout)."""
    weights = torch.randn_like(output)
    (output * weights).sum().backward()
    return {
        "name": name, "shape": shape, "input": rows(inputs), "output": rows(output),
        "output_gradient": rows(weights), "input_gradient": rows(inputs.grad),
        "parameters": {k: {"value": rows(f(t)), "gradient": rows(f(t.grad))}
                       for k, (t, f) in parameters.items()},
    }


def convolution():
    b, t, c, f, k, d = 3, 9, 2, 4, 3, 2
    x = torch.randn(b, t, c, requires_grad=True)
    w = torch.randn(f, c, k, requires_grad=True)
    bias = torch.randn(f, requires_grad=True)
    y = F.conv1d(F.pad(x.transpose(1, 2), ((k - 1) * d, 0)), w, bias, dilation=d).transpose(1, 2)
    return case("convolution", {"steps": t, "channels": c, "filters": f, "kernel": k, "dilation": d},
                x, {"weight": (w, lambda v: v.permute(2, 1, 0).reshape(k * c, f)),
                    "bias": (bias, lambda v: v)}, y)


def group_norm():
    b, t, c, groups = 3, 5, 6, 3
    x = torch.randn(b, t, c, requires_grad=True)
    scale = torch.randn(c, requires_grad=True)
    shift = torch.randn(c, requires_grad=True)
    y = F.relu(F.group_norm(x.transpose(1, 2), groups, scale, shift, eps=1e-5)).transpose(1, 2)
    return case("group_norm", {"steps": t, "channels": c, "groups": groups}, x,
                {"scale": (scale, lambda v: v), "shift": (shift, lambda v: v)}, y)


def pooling():
    x = torch.randn(4, 7, 3, requires_grad=True)
    return case("pooling", {"steps": 7, "channels": 3}, x, {},
                torch.cat([x.mean(1), x.max(1).values], 1))


def bilstm():
    b, t, c, h = 3, 6, 2, 5
    lstm = torch.nn.LSTM(c, h, batch_first=True, bidirectional=True)
    x = torch.randn(b, t, c, requires_grad=True)
    directions = (("forward.", "_l0"), ("backward.", "_l0_reverse"))
    for _, suffix in directions:  # it has two biases that add up
        getattr(lstm, "bias_hh" + suffix).data.zero_()
    _, (last, _) = lstm(x)
    parameters = {}
    for prefix, suffix in directions:
        parameters[prefix + "input"] = (getattr(lstm, "weight_ih" + suffix), lambda v: v.t())
        parameters[prefix + "recurrent"] = (getattr(lstm, "weight_hh" + suffix), lambda v: v.t())
        parameters[prefix + "bias"] = (getattr(lstm, "bias_ih" + suffix), lambda v: v)
    return case("bilstm", {"steps": t, "channels": c, "units": h}, x, parameters,
                torch.cat([last[0], last[1]], 1))


def loss_case(name, options, value):
    """`value`: embeddings and mask of equal pairs -> the mean loss."""
    labels = [0, 0, 1, 1, 2, 2, 0, 1]
    e = torch.rand(len(labels), 5) * 0.9 + 0.05
    e.requires_grad_(True)
    same = torch.tensor([[a == b for b in labels] for a in labels])
    off = ~torch.eye(len(labels), dtype=torch.bool)
    loss = value(e, same & off, ~same)
    loss.backward()
    return {"name": name, "options": options, "labels": labels, "embeddings": rows(e),
            "loss": loss.item(), "gradient": rows(e.grad)}


def pairwise(e):
    return e[:, None, :] - e[None, :, :]


def by_anchor(values, mask):
    """The mean over anchors (rows) of the mean of each one's values under the mask."""
    return torch.stack([v[m].mean() for v, m in zip(values, mask)]).mean()


def means(same, different, positive, negative):
    return by_anchor(positive, same) + by_anchor(negative, different)


def hinge_all(e, same, different):
    d = pairwise(e).square().sum(-1)
    hinge = F.relu(d[:, :, None] - d[:, None, :] + 0.4)
    return by_anchor(hinge, same[:, :, None] & different[:, None, :])


def hinge_hard(e, same, different):
    d = pairwise(e).square().sum(-1)
    far = d.masked_fill(~same, -1).max(1).values
    near = d.masked_fill(~different, 1e9).min(1).values
    return F.relu(far - near + 0.4).mean()


def hinge_semi(e, same, different):
    d = pairwise(e).square().sum(-1)
    anchors = []
    for a in range(len(e)):
        terms = []
        for p in range(len(e)):
            if not same[a, p]:
                continue
            negatives = d[a][different[a]]
            beyond = negatives[negatives > d[a, p]]
            n = beyond.min() if len(beyond) else negatives.max()
            terms.append(F.relu(d[a, p] - n + 0.4))
        anchors.append(torch.stack(terms).mean())
    return torch.stack(anchors).mean()


def contrastive(distance, margin):
    def value(e, same, different):
        d = distance(e)
        return means(same, different, d.square() / 2, F.relu(margin - d).square() / 2)
    return value


def euclid(e):
    return (pairwise(e).square().sum(-1) + torch.eye(len(e))).sqrt() - torch.eye(len(e))


def l1(e):  # weights before anything is learned: all equal, sum 1
    return pairwise(e).abs().mean(-1)


def bce(e, same, different):
    logit = 2 - 8 * l1(e)
    return means(same, different, F.softplus(-logit), F.softplus(logit))


def exponential(distance):
    def value(e, same, different):
        s = torch.exp(-distance(e))
        return means(same, different, -torch.log(s + 1e-7), -torch.log(1 - s + 1e-7))
    return value


def cosine_distance(e):
    unit = e / e.norm(dim=1, keepdim=True)
    return 1 - unit @ unit.t()


def linear(e, same, different):
    d = pairwise(e).square().sum(-1)
    terms = d[:, :, None] - d[:, None, :] + e.shape[1]
    return by_anchor(terms, same[:, :, None] & different[:, None, :])


def lossless(e, same, different):
    d = pairwise(e).square().sum(-1)
    n = e.shape[1]
    terms = (-torch.log(1 - d / n + 1e-6))[:, :, None] - torch.log(d / n + 1e-6)[:, None, :]
    return by_anchor(terms, same[:, :, None] & different[:, None, :])


losses = [
    loss_case("lossless-ln", {}, lossless),
    loss_case("lossless-linear", {}, linear),
    loss_case("triplet", {"mining": 0}, hinge_all),
    loss_case("triplet", {"mining": 1}, hinge_hard),
    loss_case("triplet", {"mining": 2}, hinge_semi),
    loss_case("contrastive", {"margin": 1.2}, contrastive(euclid, 1.2)),
    loss_case("contrastive-l1", {"margin": 0.7}, contrastive(l1, 0.7)),
    loss_case("bce-l1", {}, bce),
    loss_case("exp-manhattan", {}, exponential(lambda e: pairwise(e).abs().sum(-1))),
    loss_case("exp-cosine", {}, exponential(cosine_distance)),
]
print(json.dumps({"layers": [convolution(), group_norm(), pooling(), bilstm()], "losses": losses}))
