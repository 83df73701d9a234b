# task: Train a small neural network on XOR.
import torch
from torch import nn

model = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
x = torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]])
print(model(x).shape)
