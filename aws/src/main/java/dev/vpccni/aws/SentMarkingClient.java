package dev.vpccni.aws;

import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.SdkHttpClient;

/**
 * Notes whether a request began to be sent. The HTTP client opens the body only once it is
 * connected, so a body that was never opened never left; an exception alone does not tell, since a
 * time-out of connecting and one of reading are the same class.
 */
final class SentMarkingClient implements SdkHttpClient {

    /** Where the current request's mark is made; not bound, nothing is noted. */
    static final ScopedValue<Mark> MARK = ScopedValue.newInstance();

    private final SdkHttpClient inner;

    SentMarkingClient(SdkHttpClient inner) {
        this.inner = inner;
    }

    /** Whether any of a request may have left. Used by one thread. */
    static final class Mark {
        private boolean marked;

        boolean isMarked() {
            return marked;
        }
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        var body = request.contentStreamProvider();
        if (body.isEmpty() || !MARK.isBound()) {
            return inner.prepareRequest(request);
        }
        Mark mark = MARK.get();
        ContentStreamProvider noting =
                () -> {
                    mark.marked = true;
                    return body.get().newStream();
                };
        return inner.prepareRequest(
                HttpExecuteRequest.builder()
                        .request(request.httpRequest())
                        .contentStreamProvider(noting)
                        .build());
    }

    @Override
    public String clientName() {
        return inner.clientName();
    }

    @Override
    public void close() {
        inner.close();
    }
}
