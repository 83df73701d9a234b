# task: Interpolate sparse samples with splines and find the main frequencies of a signal with the FFT.
import numpy as np
from scipy.interpolate import CubicSpline, interp1d
from scipy.signal import butter, filtfilt, find_peaks

x = np.linspace(0, 2 * np.pi, 9)
spline = CubicSpline(x, np.sin(x))
linear = interp1d(x, np.sin(x))
fine = np.linspace(0, 2 * np.pi, 200)
print("spline error < 0.01:", np.abs(spline(fine) - np.sin(fine)).max() < 0.01)
print("linear error > spline error:", np.abs(linear(fine) - np.sin(fine)).max() > np.abs(spline(fine) - np.sin(fine)).max())
print("derivative at 0:", round(float(spline(0, 1)), 2), "integral 0..pi:", round(float(spline.integrate(0, np.pi)), 2))

rate = 200
t = np.arange(0, 2, 1 / rate)
signal = np.sin(2 * np.pi * 5 * t) + 0.4 * np.sin(2 * np.pi * 40 * t)
spectrum = np.abs(np.fft.rfft(signal)) / len(t) * 2
frequencies = np.fft.rfftfreq(len(t), 1 / rate)
peaks, _ = find_peaks(spectrum, height=0.2)
for peak in peaks:
    print(f"{frequencies[peak]:.1f} Hz with amplitude {spectrum[peak]:.2f}")
b, a = butter(4, 10, fs=rate)
smooth = filtfilt(b, a, signal)
print("low-pass leaves the 5 Hz wave:", np.corrcoef(smooth, np.sin(2 * np.pi * 5 * t))[0, 1].round(3))
