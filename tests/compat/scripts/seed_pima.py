# A dense network on the Pima table, as in notes of 2022.
# Given elsewhere:
import numpy as np
import tensorflow as tf
rng = np.random.default_rng(0)
X = rng.normal(size=(300, 8)).astype('float32')
y = (X[:, 0] + X[:, 1] > 0).astype('int64')
X_train, y_train = X, y

# tf.keras.models.Sequential 로 입력-히든-출력(sigmoid) 레이어로 구성
input_shape = X.shape[1]
model = tf.keras.models.Sequential([
  tf.keras.layers.Dense(units=128, input_shape=[input_shape]),
  tf.keras.layers.Dense(128, activation='relu'),
  tf.keras.layers.Dropout(0.2),
  tf.keras.layers.Dense(1, activation='sigmoid')
])
# 모델 컴파일
model.compile(optimizer='adam',
              loss='binary_crossentropy',
              metrics=['accuracy'])
# 에폭이 끝날 때마다 점을 표시해서 진행상황 표시
class PrintDot(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs):
        if epoch % 100 == 0:
            print('')
        else:
            print('.', end='')
# var_loss 기준으로 값이 나아지지 않으면 멈춤
early_stop = tf.keras.callbacks.EarlyStopping(monitor='val_loss', patience=10)
# 학습
history = model.fit(X_train, y_train, epochs=100, validation_split=0.2, callbacks=[early_stop, PrintDot()])
