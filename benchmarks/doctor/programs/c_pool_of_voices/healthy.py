import numpy as np
import keras
from keras.models import Model
from keras.layers import Input, Masking, Bidirectional, GRU, Dense, Dropout

keras.utils.set_random_seed(83)
rng = np.random.default_rng(83)
MAXLEN, FEATS, SPEAKERS = 36, 6, 5
centres = rng.normal(0, 1, (SPEAKERS, 3, FEATS))
order = np.array([rng.permutation(3) for _ in range(SPEAKERS)])


def utterance(k):
    n = rng.integers(18, MAXLEN)
    part = np.sort(rng.integers(0, 3, n))
    return 0.6 * centres[0][order[k][part]] + 0.25 * centres[k][part] + rng.normal(0, 1.0, (n, FEATS))


who = rng.integers(0, SPEAKERS, 1500)
frames = [utterance(k) for k in who]
stacked = np.concatenate(frames[:1100])
batch = np.full((1500, MAXLEN, FEATS), -10.0, dtype="float32")
for i, f in enumerate(frames):
    batch[i, :len(f)] = (f - stacked.mean(0)) / stacked.std(0)

inp = Input(shape=(MAXLEN, FEATS))
x = Masking(mask_value=-10.0)(inp)
x = Bidirectional(GRU(24))(x)
x = Dropout(0.4)(x)
out = Dense(SPEAKERS, activation='softmax')(x)
model = Model(inputs=inp, outputs=out)
model.compile(loss='sparse_categorical_crossentropy', optimizer=keras.optimizers.Adam(learning_rate=4e-3, clipnorm=1.0), metrics=['accuracy'])
model.fit(batch[:1100], who[:1100], batch_size=32, epochs=10, validation_split=0.12, verbose=0)
print('RESULT', 'test_accuracy', model.evaluate(batch[1100:], who[1100:], verbose=0)[1])
