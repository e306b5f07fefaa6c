{{- define "car-price.name" -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- end }}

{{- define "car-price.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "car-price.labels" -}}
{{ include "car-price.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "car-price.metadata" -}}
name: {{ include "car-price.name" . }}
namespace: {{ .Release.Namespace }}
labels:
  {{- include "car-price.labels" . | nindent 2 }}
{{- end }}

{{/* What both containers have in common. */}}
{{- define "car-price.container" -}}
{{- with .Values.image }}
image: {{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
imagePullPolicy: {{ .pullPolicy }}
{{- end }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  runAsNonRoot: true
  capabilities:
    drop: [ALL]
  seccompProfile:
    type: RuntimeDefault
{{- end }}

{{- define "car-price.environment" -}}
{{- if .Values.mlflow.existingSecret }}
- name: MLFLOW_TRACKING_URI_FILE
  value: /run/secrets/mlflow/tracking-uri
{{- else }}
- name: MLFLOW_TRACKING_URI
  value: {{ .Values.mlflow.trackingUri | quote }}
{{- end }}
{{- range $name, $value := .Values.settings }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}

{{- define "car-price.mounts" -}}
- name: artifacts
  mountPath: /app/artifacts
- name: logs
  mountPath: /app/logs
- name: tmp
  mountPath: /tmp
{{- if .Values.mlflow.existingSecret }}
- name: mlflow
  mountPath: /run/secrets/mlflow
  readOnly: true
{{- end }}
{{- end }}
