package io.tocsin.scoring.window;

/**
 * A window to be scored.
 *
 * @param runStartMicros first sample of the run of gapless audio that it lies in: names the run
 * @param index number of the window within its run, from 0
 * @param startMicros instant of its first sample
 * @param precedingRunMicros start of the sensor's last run before this one that gave a window; 0
 *     when there is none
 * @param precedingRunWindows number of windows of that run
 * @param samples exactly a window at the bundle's rate, 16 bits
 * @param bootId of the frames that hold it
 * @param firstSequence of the first of those frames
 * @param lastSequence of the last of those frames
 */
public record AudioWindow(
    String sensorId,
    long runStartMicros,
    long index,
    long startMicros,
    long precedingRunMicros,
    long precedingRunWindows,
    short[] samples,
    String bootId,
    long firstSequence,
    long lastSequence,
    String clockSource,
    long clockUncertaintyMicros) {}
