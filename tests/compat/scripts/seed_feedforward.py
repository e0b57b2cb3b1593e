# A dense network on MNIST, as in notes on tensorflow.python.keras; their __future__ line comes first.
from __future__ import print_function
from tensorflow.python.keras.datasets import mnist
(x_train, y_train), (x_test, y_test) = mnist.load_data()
print('x_train.shape:', x_train.shape)
print('y_train.shpae:', y_train.shape)
print('x_test.shape:', x_test.shape)
print('y_test.shape:', y_test.shape)
x_train[25168]
x_train = x_train.reshape(60000, 784)
x_train = x_train/255.
x_test = x_test.reshape(10000, 784)
x_test = x_test/255.
print('x_train.shape:', x_train.shape)
print('y_train.shpae:', y_train.shape)
print('x_test.shape:', x_test.shape)
print('y_test.shape:', y_test.shape)
# This is the extracted array for x_train = 25168 from the training matrix
xt_25168 = x_train[25168,:]
print(xt_25168)
from tensorflow.keras.utils import to_categorical
y_train = to_categorical(y_train, 10)
y_test = to_categorical(y_test, 10)
# One-Hot Vector for y_train = 25168 representing the number 9
# The nth-digit will be represented as a vector which is 1 in the nth dimensions.
y_train[25168,:]
from tensorflow.keras.models import Sequential
model = Sequential()
from tensorflow.keras.layers import Dense
model.add(
Dense(
units=64,
input_shape=(784,),
activation='relu'
)
)
model.add(
Dense(
units=10,
activation='softmax'
)
)
from tensorflow.keras.callbacks import TensorBoard
model.compile(
optimizer='adam',
loss='categorical_crossentropy',
metrics=['accuracy']
)
tsb=TensorBoard(log_dir='./logs')
history_adam=model.fit(
x_train,
y_train,
batch_size=32,
epochs=20,
validation_split=0.2,
callbacks=[tsb]
)
