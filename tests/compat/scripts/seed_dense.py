# A dense network on MNIST, as in notes of 2023; the last line has their typing error.
import tensorflow as tf
mnist = tf.keras.datasets.mnist
(X_train,y_train),(X_test, y_test) = mnist.load_data()
print(X_train.shape, X_test.shape) # 3차원
print(y_train.shape, y_test.shape) # 1차원
import matplotlib.pyplot as plt
image = X_train[0]
plt.imshow(image,cmap='gray')
plt.show()
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Input, Dense, Flatten, Activation
# Sequential 모델을 만들 때는 리스트에 레이어를 쌓아놓기만 하면 된다.
model = Sequential([
Input(shape=(28, 28)), # 입력층. 배치 크기(N)를 제외한 나머지 데이터의 shape 입력
Flatten(), # 평탄화 층. 배치 사이즈를 제외한 나머지 차원을 평탄화
# Fully Connected 구성
#### HIDDEN LAYER ####
Dense(512, activation='relu'),
Dense(256, activation='relu'),
Dense(128, activation='relu'),
Dense(64, activation='relu'),
######################
# 출력층. 숫자는 0 ~ 9 까지 10개 이므로 출력층의 뉴런의 개수는 10개,
# ACTIVATION FUNCTION은 SOFTMAX
# 출력층 숫자 = 분류되길 원하는 클래스 종류 (개수)
Dense(10, activation='softmax')
])
model.summary()
loss_func = tf.keras.losses.sparse_categorical_crossentropy
optm = tf.keras.optimizers.Adam()
metrics = ['acc']
model.compile(
optimizer = optm,
loss = loss_func,
metrics = metrics
)
# 훈련용 하이퍼 파라미터 설정
# 에폭, 배치크기
num_epochs = 10
batch_size = 32
model.fit(
X_train, # 훈련 X 데이터(feature)
y_train, # 훈련 y 레이블(target)
batch_size=batch_size,
epochs=num_epochs,
shuffle=True, # 데이터를 섞어 가면서 복잡하게 훈련
validation_split=0.2 # 전체 훈련 데이터 중 검증 세트로 사용할 크기의 비율
)
model.evaulate(X_test, y_test)
