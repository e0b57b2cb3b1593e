import numpy as np
from tensorflow import keras
from tensorflow.keras import layers
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

keras.utils.set_random_seed(12)
d = load_digits()
img = d.images.astype('float32')[..., None]
ink = d.images.mean(axis=(1, 2))
ink = ((ink - ink.mean()) / ink.std()).astype('float32')
idx_train, idx_test = train_test_split(np.arange(len(img)), test_size=0.25, random_state=12)

image = keras.Input((8, 8, 1), name='image')
h = layers.Rescaling(1 / 16.)(image)
h = layers.Conv2D(24, 3, activation='relu', padding='same')(h)
h = layers.MaxPooling2D()(h)
h = layers.Conv2D(48, 3, activation='relu', padding='same')(h)
h = layers.Flatten()(h)
h = layers.Dropout(0.3)(h)
digit = layers.Dense(10, activation='softmax', name='digit')(h)
amount = layers.Dense(1, name='ink')(h)
model = keras.Model(image, [digit, amount])
model.compile(optimizer='adam',
              loss={'digit': 'sparse_categorical_crossentropy', 'ink': 'mse'},
              loss_weights={'digit': 1.0, 'ink': 0.5},
              metrics={'digit': 'accuracy', 'ink': 'mae'})
model.fit(img[idx_train], {'digit': d.target[idx_train], 'ink': ink[idx_train]},
          epochs=25, batch_size=32, validation_split=0.1, verbose=0)
probs, level = model.predict(img[idx_test], verbose=0)
print('ink mae', float(np.abs(level[:, 0] - ink[idx_test]).mean()))
print('RESULT', 'test_accuracy', float((probs.argmax(1) == d.target[idx_test]).mean()))
