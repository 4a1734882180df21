"""The order and the gains of a run depend on the seed, the epoch and the example, and on nothing else."""

from __future__ import annotations

import numpy as np


class Recordings:
    """Recordings, each a little louder or quieter in every epoch."""

    def __init__(self, sounds, seed):
        self.sounds = sounds
        self.seed = seed
        self.epoch = 0

    def __len__(self):
        return len(self.sounds)

    def __getitem__(self, i):
        rng = np.random.default_rng([self.seed, self.epoch, i])
        return self.sounds[i] * 10 ** (rng.uniform(-6, 6) / 20)


# [train]
def train(config, data, model, optimizer, log):
    for epoch in range(config.epochs):
        data.epoch = epoch
        order = np.random.default_rng([config.seed, epoch]).permutation(len(data))
        log.write("order", epoch=epoch, first=order[:8].tolist())

        model.train()
        for batch in batches(data, order, config):
            loss = step(model, optimizer, batch)
            log.write("loss", value=float(loss), n=len(batch))

        model.eval()
        log.write("valid", **evaluate(model, config))
# [/train]


def batches(data, order, config):
    for start in range(0, len(order), config.batch_size):
        yield [data[i] for i in order[start : start + config.batch_size]]


def step(model, optimizer, batch):
    loss = model.loss(batch)
    optimizer.update(model, loss)
    return loss


def evaluate(model, config):
    return {"accuracy": model.accuracy(config.valid)}
