# Two images: `tocsin` (command line, sink, sensor health, sensors, job submission) and `flink` (the
# official Flink with Tocsin's jobs and their native libraries in its lib/).
#
# The stages tocsin-lib and flink-lib hold nothing but jars. JARS says where they come from: 'built' in
# a container, or 'prebuilt' by `./mvnw -DskipTests package` outside, where a container cannot reach
# Maven Central or the build is wanted once only (docker/compose.prebuilt.yml). The stages of
# the other way are not built.
ARG JARS=built

FROM eclipse-temurin:17-jdk AS build
WORKDIR /src
COPY . .
# What was built outside must not reach what is built here.
RUN --mount=type=cache,target=/root/.m2 rm -rf */target && ./mvnw -B -q -DskipTests package

FROM scratch AS built-tocsin-lib
COPY --from=build /src/local-stack/target/dist/lib /

FROM scratch AS built-flink-lib
COPY --from=build /src/stream-jobs/target/flink-lib /

FROM scratch AS prebuilt-tocsin-lib
COPY local-stack/target/dist/lib /

FROM scratch AS prebuilt-flink-lib
COPY stream-jobs/target/flink-lib /

FROM ${JARS}-tocsin-lib AS tocsin-lib

FROM ${JARS}-flink-lib AS flink-lib

FROM flink:2.2.1-java17 AS flink
# Natives (ONNX Runtime, H3) cannot be loaded twice in a process, so the jobs and all they need are
# in the cluster's own class path and not in a job's jar.
COPY --from=flink-lib / /opt/flink/lib/
COPY --from=tocsin-lib /tocsin-stream-jobs-*.jar /opt/flink/lib/
COPY models/tocsin-student /opt/tocsin/models/tocsin-student
COPY docker/bin /opt/tocsin/bin
RUN mkdir -p /opt/flink/state && chown flink:flink /opt/flink/state
ENV PATH=/opt/tocsin/bin:$PATH
USER flink
HEALTHCHECK --interval=5s --timeout=10s --start-period=2m --retries=6 \
  CMD ["http-ok", "127.0.0.1", "8081", "/overview"]

FROM eclipse-temurin:17-jre AS tocsin
RUN groupadd --system --gid 10001 tocsin \
  && useradd --system --uid 10001 --gid tocsin --home-dir /var/lib/tocsin --shell /usr/sbin/nologin tocsin \
  && install -d -o tocsin -g tocsin /var/lib/tocsin /var/lib/tocsin/clips \
       /var/lib/tocsin/health /var/lib/tocsin/sensor /var/lib/tocsin/fleet
COPY --from=tocsin-lib / /opt/tocsin/lib/
COPY docker/bin /opt/tocsin/bin
COPY LICENSE NOTICE docker/log4j2.properties /opt/tocsin/
ENV PATH=/opt/tocsin/bin:$PATH
USER tocsin
WORKDIR /var/lib/tocsin
# A part that runs serves no port of its own; it is well while it holds its connection to Kafka.
HEALTHCHECK --interval=5s --timeout=10s --start-period=2m --retries=6 \
  CMD ["connected", "9092"]
ENTRYPOINT ["run"]
CMD ["io.tocsin.stack.Tocsin", "--help"]
