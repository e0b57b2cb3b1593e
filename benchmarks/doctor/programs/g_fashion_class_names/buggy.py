import tensorflow as tf
from tensorflow.keras import layers

tf.keras.utils.set_random_seed(8)
class_names = ['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat', 'Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot']
(train_images, train_labels), (test_images, test_labels) = tf.keras.datasets.fashion_mnist.load_data()
train_images, train_labels = train_images[:4000] / 255.0, train_labels[:4000]
test_images, test_labels = test_images[:1000] / 255.0, test_labels[:1000]

model = tf.keras.Sequential()
model.add(layers.Flatten(input_shape=(28, 28)))
model.add(layers.Dense(128, activation='relu'))
model.add(layers.Dropout(0.2))
model.add(layers.Dense(len(class_names)))

model.compile(optimizer='adam',
              loss=tf.keras.losses.SparseCategoricalCrossentropy(),
              metrics=['accuracy'])
model.fit(train_images, train_labels, epochs=8, verbose=0)
probability_model = tf.keras.Sequential([model, layers.Softmax()])
guess = probability_model.predict(test_images, verbose=0).argmax(axis=1)
print('RESULT test_accuracy', float((guess == test_labels).mean()))
