import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, Model, Input
from sklearn.model_selection import train_test_split

tf.keras.utils.set_random_seed(5)
rng = np.random.default_rng(5)

N = 1600
sex = rng.integers(0, 2, N)
group = rng.integers(0, 4, N)          # child / young / adult / old
yy, xx = np.mgrid[0:16, 0:16] / 15.0
faces = np.zeros((N, 16, 16, 1), 'float32')
for i in range(N):
    r = 0.18 + 0.07 * group[i]
    cx, cy = 0.5 + rng.normal(0, 0.05, 2)
    ring = np.exp(-((np.hypot(xx - cx, yy - cy) - r) / 0.06) ** 2)
    bar = (abs(yy - 0.2 - 0.6 * sex[i]) < 0.07) * (abs(xx - cx) < 0.25)
    faces[i, :, :, 0] = np.clip(ring + 0.8 * bar + rng.normal(0, 0.15, (16, 16)), 0, 1)

xa, xb, sa, sb, ga, gb = train_test_split(faces, sex, group, test_size=0.25, random_state=1)

img = Input((16, 16, 1))
t = layers.Conv2D(12, 3, activation='relu', padding='same')(img)
t = layers.MaxPooling2D()(t)
t = layers.Conv2D(24, 3, activation='relu', padding='same')(t)
t = layers.MaxPooling2D()(t)
t = layers.Flatten()(t)
t = layers.Dense(32, activation='relu')(t)
age_out = layers.Dense(4, activation='softmax', name='age')(t)
sex_out = layers.Dense(1, activation='sigmoid', name='sex')(t)

net = Model(img, [age_out, sex_out])
net.compile(optimizer='adam',
            loss={'age': 'sparse_categorical_crossentropy', 'sex': 'binary_crossentropy'},
            metrics={'age': 'accuracy', 'sex': 'accuracy'})
net.fit(xa, {'age': ga, 'sex': sa}, epochs=12, batch_size=32, validation_split=0.15, verbose=0)

age_p, sex_p = net.predict(xb, verbose=0)
acc_age = float((age_p.argmax(1) == gb).mean())
acc_sex = float(((sex_p.ravel() > 0.5) == sb).mean())
print('RESULT', 'sex_accuracy', acc_sex, 'age_accuracy', acc_age)
