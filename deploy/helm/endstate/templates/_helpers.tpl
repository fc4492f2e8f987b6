{{- define "endstate.name" -}}
{{- if contains "endstate" .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-endstate" .Release.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- /* The name of what is outside of namespaces. */ -}}
{{- define "endstate.global" -}}
{{ printf "%s-%s" .Release.Namespace (include "endstate.name" .) }}
{{- end }}

{{- define "endstate.grader" -}}
{{ .Values.grader.namespace | default (printf "%s-grader" .Release.Namespace) }}
{{- end }}

{{- define "endstate.selector" -}}
app.kubernetes.io/name: endstate
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "endstate.labels" -}}
{{ include "endstate.selector" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "endstate.checked" -}}
{{- if not (or .Values.tls.secretName .Values.proxies) }}{{ fail "Set tls.secretName, or proxies: passwords must not travel unencrypted." }}{{ end }}
{{- if and .Values.tls.secretName .Values.proxies }}{{ fail "Set tls.secretName or proxies, not both." }}{{ end }}
{{- if and .Values.ingress.enabled .Values.tls.secretName }}{{ fail "An ingress is a proxy with TLS: set proxies instead of tls.secretName." }}{{ end }}
{{- if gt (int .Values.replicas) 1 }}
{{- if not .Values.store.secretName }}{{ fail "Several servers need PostgreSQL: set store.secretName." }}{{ end }}
{{- if and .Values.persistence.enabled (ne .Values.persistence.accessMode "ReadWriteMany") }}{{ fail "Several servers share the recordings: set persistence.accessMode to ReadWriteMany, or persistence.enabled to false." }}{{ end }}
{{- end }}
{{- if and (not .Values.store.secretName) (not .Values.persistence.enabled) }}{{ fail "Attempts and accounts would be lost with the pod: set store.secretName or persistence.enabled." }}{{ end }}
{{- end }}
