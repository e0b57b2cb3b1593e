import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(21)
rng = np.random.default_rng(21)

VOCAB, LEN, TOPICS = 400, 20, 6
favourite = rng.permutation(VOCAB - 1)[:TOPICS * 25].reshape(TOPICS, 25) + 1

def ticket(k):
    own = rng.choice(favourite[k], LEN)
    noise = rng.integers(1, VOCAB, LEN)
    return np.where(rng.random(LEN) < 0.35, own, noise)

topic = rng.integers(0, TOPICS, 2400)
tickets = np.stack([ticket(k) for k in topic])
x_train, y_train = tickets[:1900], topic[:1900]
x_test, y_test = tickets[1900:], topic[1900:]

class Router(keras.Model):
    def __init__(self, topics):
        super().__init__()
        self.emb = layers.Embedding(VOCAB, 24)
        self.pool = layers.GlobalAveragePooling1D()
        self.hidden = layers.Dense(48, activation="relu")
        self.head = layers.Dense(topics)

    def call(self, tokens):
        return self.head(self.hidden(self.pool(self.emb(tokens))))

model = Router(TOPICS)
model.compile(optimizer=keras.optimizers.Adam(0.005),
              loss=keras.losses.SparseCategoricalCrossentropy(),
              metrics=["accuracy"])

batch = 50
for epoch in range(10):
    order = rng.permutation(len(x_train))
    for i in range(0, len(order), batch):
        pick = order[i:i + batch]
        model.train_on_batch(x_train[pick], y_train[pick])

scores = model.predict(x_test, verbose=0)
print("RESULT", "test_accuracy", float((scores.argmax(1) == y_test).mean()))
