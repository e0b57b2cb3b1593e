import numpy as np
from tensorflow.keras.datasets import fashion_mnist
from tensorflow.keras.layers import Input, Conv2D, UpSampling2D
from tensorflow.keras.models import Model
from tensorflow.keras.optimizers import Adam
from tensorflow.keras.utils import set_random_seed

set_random_seed(17)
(x_train, _), (x_test, _) = fashion_mnist.load_data()
x_train = x_train[:1500].astype("float32").reshape(-1, 28, 28, 1) / 127.5 - 1
x_test = x_test[:400].astype("float32").reshape(-1, 28, 28, 1) / 127.5 - 1

input_img = Input(shape=(28, 28, 1))
x = Conv2D(12, (3, 3), strides=2, activation="relu", padding="same")(input_img)
encoded = Conv2D(6, (3, 3), strides=2, activation="relu", padding="same")(x)
x = UpSampling2D((2, 2))(encoded)
x = Conv2D(12, (3, 3), activation="relu", padding="same")(x)
x = UpSampling2D((2, 2))(x)
decoded = Conv2D(1, (3, 3), activation="sigmoid", padding="same")(x)

autoencoder = Model(input_img, decoded)
autoencoder.compile(optimizer=Adam(lr=0.0003), loss="mse")
autoencoder.fit(x_train, x_train, epochs=4, batch_size=25, shuffle=True,
                validation_split=0.1, verbose=0)
again = autoencoder.predict(x_test, verbose=0)
print("RESULT", "test_mse", float(np.mean((again - x_test) ** 2)))
