# The MNIST tutorial, as in notes of 2022.
# Given elsewhere:
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

# 255로 나눈 이유? => 0~1 사이 값으로 정규화하기 위해
mnist = tf.keras.datasets.mnist

(x_train, y_train), (x_test, y_test) = mnist.load_data()
x_train, x_test = x_train / 255.0, x_test / 255.0
model = tf.keras.models.Sequential([
  tf.keras.layers.Flatten(input_shape=(28, 28)), # 1차원 벡터 형태로 만들기. 입력층 생성
  tf.keras.layers.Dense(units=128, activation='relu'), # 은닉층 생성
  tf.keras.layers.Dropout(0.2), # 노드 제거(과적합 방지). 노드 개수 * 0.2만큼 제거
  tf.keras.layers.Dense(10, activation='softmax') # 출력층 생성
])
# optimizer(최적화 함수) : 오차(손실함수)가 최소가 되는 지점을 찾기 위해 가중치를 갱신하는 알고리즘. 기울기, 뱡향, learning rate를 고려
# loss : 손실율 측정
# metrics : 평가지표
model.compile(optimizer='adam', # 최적화 함수
              loss='sparse_categorical_crossentropy', # loss function. 손실 함수
              metrics=['accuracy']) # 모델 평가지표
# 첫 번째 이미지에 대한 예측값
predictions = model(x_train[:1]).numpy()
predictions
smax = tf.nn.softmax(predictions).numpy()
smax, f"softmax는 다 더했을 때 1이 됩니다 : {np.sum(smax)}", f"정답 클래스 : {np.argmax(smax)}"
model.fit(x_train, y_train, epochs=5)
model.evaluate(x_test,  y_test, verbose=2)
probability_model = tf.keras.Sequential([
  model,
  tf.keras.layers.Softmax()
])
y_pred = probability_model(x_test[:5])
y_pred
print(repr(y_pred))  # a notebook shows the last value
# Given elsewhere:
(train_images, train_labels), (test_images, test_labels) = (
    tf.keras.datasets.fashion_mnist.load_data())

# 원본 데이터의 min-max
train_images[0].min(), train_images[0].max()
# 스케일링
train_images = train_images / 255.0
test_images = test_images / 255.0
# 시각화
plt.figure()
plt.imshow(train_images[0]) # sns.heatmap과 유사
plt.colorbar()
plt.grid(False)
plt.show()
# 스케일링 이후 min-max
train_images[0].min(), train_images[0].max()
# Grab an image from the test dataset.
img = test_images[1]
print(img.shape)
# Add the image to a batch where it's the only member.
img = (np.expand_dims(img,0))
print(img.shape)
