import tensorflow as tf
from tensorflow import keras

keras.utils.set_random_seed(5)
(train_images, train_labels), (test_images, test_labels) = keras.datasets.fashion_mnist.load_data()
train_images, train_labels = train_images[:4000] / 255.0, train_labels[:4000]
test_images, test_labels = test_images[:1500] / 255.0, test_labels[:1500]

class_names = ['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat',
               'Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot']

model = keras.Sequential([
    keras.layers.Flatten(input_shape=(28, 28)),
    keras.layers.Dense(128, activation='relu'),
    keras.layers.Dense(len(class_names))
])

model.compile(optimizer='adam',
              loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
              metrics=['accuracy'])
model.fit(train_images, train_labels, epochs=10, verbose=0)
test_loss, test_acc = model.evaluate(test_images, test_labels, verbose=0)
print('RESULT', 'test_accuracy', test_acc)
